import type { Db } from '../db/database.ts'
import type { AccountRow } from '../db/schema.ts'
import { reserveIds } from './apply/reserve-ids.ts'

/** The account `id`, or without one the first that there is; made when there is none. */
export async function ensureAccount(ctx: { db: Db }, input: { id?: number; name?: string } = {}): Promise<AccountRow> {
  const existing = await findAccount(ctx.db, input.id)
  if (existing) return existing
  const id = input.id ?? 1
  await reserveIds(ctx.db, 'accounts', [id])
  await ctx.db
    .insertInto('accounts')
    .values({ id, name: input.name ?? 'Local' })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  return await ctx.db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

async function findAccount(db: Db, id: number | undefined): Promise<AccountRow | undefined> {
  const accounts = db.selectFrom('accounts').selectAll()
  return id === undefined
    ? await accounts.orderBy('id').limit(1).executeTakeFirst()
    : await accounts.where('id', '=', id).executeTakeFirst()
}
