import type { Db } from '../db/database.ts'
import type { TokenRow } from '../db/schema/tokens.ts'

/** A token of the account that was not revoked. */
export async function findToken(db: Db, accountId: number, tokenId: number): Promise<TokenRow | undefined> {
  return db
    .selectFrom('tokens')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', tokenId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
}
