import { randomBytes } from 'node:crypto'
import type { Db } from '../db/database.ts'
import type { TokenRow } from '../db/schema/tokens.ts'
import { InvalidRequestError } from '../domain/errors.ts'
import type { TokenGrant } from '../domain/permissions.ts'
import { activeState } from '../domain/state.ts'
import { hashToken } from './token-hash.ts'

export interface NewToken {
  readonly accountId: number
  readonly name: string
  readonly grants: readonly TokenGrant[]
  readonly expiresAt?: Date
}

/** Makes a token. Its text is in the answer and nowhere else, ever. */
export async function createToken(ctx: { db: Db }, input: NewToken): Promise<{ row: TokenRow; token: string }> {
  await assertProjectsExist(ctx.db, input)
  const token = `stp_${randomBytes(32).toString('base64url')}`
  const row = await ctx.db.insertInto('tokens').values(valuesOf(input, token)).returningAll().executeTakeFirstOrThrow()
  return { row, token }
}

/** Makes a given text (such as a configured one) a token, once; a revoked one stays revoked. */
export async function ensureToken(ctx: { db: Db }, input: NewToken & { readonly token: string }): Promise<void> {
  await ctx.db
    .insertInto('tokens')
    .values(valuesOf(input, input.token))
    .onConflict((conflict) => conflict.column('hash').doNothing())
    .execute()
}

function valuesOf(input: NewToken, token: string) {
  return {
    account_id: input.accountId,
    name: input.name,
    hash: hashToken(token),
    grants: JSON.stringify(input.grants),
    expires_at: input.expiresAt ?? null,
  }
}

/** Throws InvalidRequestError unless the account has every project that the grants name. */
export async function assertProjectsExist(
  db: Db,
  { accountId, grants }: Pick<NewToken, 'accountId' | 'grants'>,
): Promise<void> {
  const wanted = [...new Set(grants.flatMap((grant) => grant.project_ids ?? []))]
  if (wanted.length === 0) return
  const found = await db
    .selectFrom('projects')
    .select('id')
    .where('account_id', '=', accountId)
    .where('state', '=', activeState)
    .where('id', 'in', wanted)
    .execute()
  const missing = wanted.filter((id) => !found.some((row) => row.id === id))
  if (missing.length === 0) return
  const message = `There is no project ${missing.join(', ')} in this account.`
  throw new InvalidRequestError(message, { fields: { grants: message } })
}
