import type { Request } from 'express'
import { findSessionToken } from '../../tokens/sessions.ts'
import type { ApiContext } from '../api-context.ts'
import { type Access, accessOf } from '../http/access.ts'
import type { BadTokens } from '../http/limits/bad-tokens.ts'
import { sessionIdOf } from './session-cookie.ts'

/** Finds out what the visitor's session may read of the account; undefined: ask the visitor to sign in. */
export async function visitorOf(
  ctx: Pick<ApiContext, 'db'>,
  badTokens: BadTokens,
  request: Request,
  accountId: number,
): Promise<Access | undefined> {
  const id = sessionIdOf(request)
  if (id === undefined) return undefined
  const token = await findSessionToken(ctx.db, id)
  if (token === undefined) await badTokens.slowDown(request.ip ?? '')
  return token?.account_id === accountId ? accessOf(token, 'runs:read') : undefined
}
