import type { Db } from '../db/database.ts'
import type { TokenRow } from '../db/schema/tokens.ts'

/** The tokens of an account that were not revoked, the oldest first. */
export async function listTokens(ctx: { db: Db }, input: { accountId: number }): Promise<TokenRow[]> {
  return await ctx.db
    .selectFrom('tokens')
    .selectAll()
    .where('account_id', '=', input.accountId)
    .where('revoked_at', 'is', null)
    .orderBy('id')
    .execute()
}
