import { NotFoundError } from '../../domain/errors.ts'
import { findToken } from '../../tokens/find-token.ts'
import type { ApiContext } from '../api-context.ts'

/** The token that a path names. */
export async function findTokenOrThrow(
  ctx: Pick<ApiContext, 'db'>,
  { account_id, token_id }: { readonly account_id: number; readonly token_id: number },
) {
  const token = await findToken(ctx.db, account_id, token_id)
  if (token === undefined) throw new NotFoundError(`There is no token ${token_id} in account ${account_id}.`)
  return token
}
