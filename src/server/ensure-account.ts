import type { AppContext } from '../context.ts'
import { reserveIds } from '../db/reserve-ids.ts'

/** Makes the account that a new server begins with. */
export async function ensureAccount({ db }: Pick<AppContext, 'db'>, accountId: number): Promise<void> {
  const existing = await db.selectFrom('accounts').select('id').where('id', '=', accountId).executeTakeFirst()
  if (existing) return
  await reserveIds(db, 'accounts', [accountId])
  await db
    .insertInto('accounts')
    .values({ id: accountId, name: 'Local' })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}
