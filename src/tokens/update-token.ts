import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { TokenRow } from '../db/schema/tokens.ts'
import { NotFoundError } from '../domain/errors.ts'
import type { TokenGrant } from '../domain/permissions.ts'
import { forgetToken } from './authenticate-token.ts'
import { assertProjectsExist } from './create-token.ts'

interface TokenChange {
  readonly accountId: number
  readonly tokenId: number
  readonly name?: string
  readonly grants?: readonly TokenGrant[]
}

/** Renames a token or gives it other grants: here at once, on other servers within two seconds. */
export async function updateToken(ctx: { db: Db }, change: TokenChange): Promise<TokenRow> {
  const { accountId, tokenId, name, grants } = change
  if (grants !== undefined) await assertProjectsExist(ctx.db, { accountId, grants })
  const row = await ctx.db
    .updateTable('tokens')
    .set({
      updated_at: sql<Date>`now()`,
      ...(name !== undefined && { name }),
      ...(grants !== undefined && { grants: JSON.stringify(grants) }),
    })
    .where('account_id', '=', accountId)
    .where('id', '=', tokenId)
    .where('revoked_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw new NotFoundError(`There is no token ${tokenId} in this account.`)
  forgetToken(ctx.db, row)
  return row
}
