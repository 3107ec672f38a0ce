import type { Request } from 'express'
import { UnauthorizedError } from '../../domain/errors.ts'
import { authenticateToken } from '../../tokens/authenticate-token.ts'
import type { ApiContext } from '../api-context.ts'
import type { Caller } from './access.ts'
import type { BadTokens } from './limits/bad-tokens.ts'
import type { RateLimit } from './limits/rate-limit.ts'

/** These bound how often this process is asked. */
export interface Limits {
  readonly rate: RateLimit
  readonly badTokens: BadTokens
}

/** The service token in `Authorization: Token …` or `Bearer …`, in any case. */
export async function authenticate(
  ctx: Pick<ApiContext, 'db'>,
  { rate, badTokens }: Limits,
  request: Request,
): Promise<Caller> {
  const [, token] = /^(?:token|bearer) +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? []
  const caller = token === undefined ? undefined : await callerOf(ctx, badTokens, request, token)
  if (caller === undefined) throw new UnauthorizedError('Invalid token.')
  rate.count(caller.account_id)
  return caller
}

/** Finds the caller of a token; an address that tried many wrong ones waits for the answer, so that guessing is slow. */
export async function callerOf(
  ctx: Pick<ApiContext, 'db'>,
  badTokens: BadTokens,
  request: Request,
  token: string,
): Promise<Caller | undefined> {
  const caller = await authenticateToken(ctx, token)
  if (caller === undefined) await badTokens.slowDown(request.ip ?? '')
  return caller
}
