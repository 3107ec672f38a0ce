import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { TokenRow } from '../db/schema/tokens.ts'
import { NotFoundError } from '../domain/errors.ts'
import { forgetToken } from './authenticate-token.ts'

/** Revokes a token: here at once, on other servers within two seconds. Revoking it again changes nothing. */
export async function revokeToken(ctx: { db: Db }, input: { accountId: number; tokenId: number }): Promise<TokenRow> {
  const row = await ctx.db
    .updateTable('tokens')
    .set({
      revoked_at: sql<Date>`coalesce(revoked_at, now())`,
      updated_at: sql<Date>`coalesce(revoked_at, now())`,
    })
    .where('account_id', '=', input.accountId)
    .where('id', '=', input.tokenId)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw new NotFoundError(`There is no token ${input.tokenId} in this account.`)
  forgetToken(ctx.db, row)
  return row
}
