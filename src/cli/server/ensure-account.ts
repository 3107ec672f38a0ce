import type { AppContext } from '../../context.ts'
import { reserveIds } from '../../projects/apply/reserve-ids.ts'

/** Makes the account that a new server begins with. */
export async function ensureAccount({ db }: Pick<AppContext, 'db'>, accountId: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('accounts')
      .values({ id: accountId, name: 'Local' })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .executeTakeFirstOrThrow()
    if (numInsertedOrUpdatedRows === 1n) await reserveIds(tx, 'accounts', [accountId])
  })
}
