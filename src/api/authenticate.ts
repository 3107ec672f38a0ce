import type { Request } from 'express'
import { UnauthorizedError } from '../domain/errors.ts'
import { authenticateToken } from '../tokens/authenticate-token.ts'
import type { Caller } from './access.ts'
import type { ApiContext } from './api-context.ts'

/** The service token in `Authorization: Token …` or `Bearer …`, in any case. */
export async function authenticate(ctx: Pick<ApiContext, 'db'>, request: Request): Promise<Caller> {
  const [, token] = /^(?:token|bearer) +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? []
  const caller = token === undefined ? undefined : await authenticateToken(ctx, token)
  if (caller === undefined) throw new UnauthorizedError('Invalid token.')
  return caller
}
