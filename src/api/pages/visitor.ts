import net from 'node:net'
import type { Request, Response } from 'express'
import { authenticateToken } from '../../tokens/authenticate-token.ts'
import { type Access, accessOf, type Caller } from '../access.ts'
import type { ApiContext } from '../api-context.ts'
import { callerOf } from '../authenticate.ts'
import type { BadTokens } from '../limits/bad-tokens.ts'

/*
 * Who looks at a page: somebody on this machine, where `stratus dev` lets them in, or somebody who gave a token, which
 * a cookie keeps that no script can read and no other site can use.
 */

export interface PageOptions {
  /** Whoever sits at this machine needs no token (`stratus dev`). */
  readonly openOnLoopback: boolean
  readonly badTokens: BadTokens
}

const cookieName = 'stratus_token'
const twelveHours = 12 * 3600

/** Undefined: ask for a token. */
export async function visitorOf(
  ctx: Pick<ApiContext, 'db'>,
  request: Request,
  options: PageOptions & { accountId: number },
): Promise<Access | undefined> {
  const token = cookieOf(request)
  const isOpen = options.openOnLoopback && isLocal(request)
  if (token !== undefined) {
    // Cookies know no ports: a local visitor may bring that of another server on this machine, again and again.
    const row = isOpen ? await authenticateToken(ctx, token) : await callerOf(ctx, options.badTokens, request, token)
    if (row !== undefined) return row.account_id === options.accountId ? accessOf(row, 'runs:read') : undefined
  }
  return isOpen ? accessOf(localVisitor(options.accountId), 'runs:read') : undefined
}

export function rememberToken(response: Response, token: string, secure: boolean): void {
  response.cookie(cookieName, token, {
    httpOnly: true,
    secure,
    sameSite: 'lax',
    path: '/deploy/',
    maxAge: twelveHours * 1000,
  })
}

function localVisitor(accountId: number): Caller {
  return {
    id: 0,
    account_id: accountId,
    name: 'this machine',
    grants: [{ permission_set: 'readonly', project_ids: null }],
  }
}

/** From this machine and by its own name: a foreign name that leads here may be another site's trick. */
function isLocal(request: Request): boolean {
  const peer = request.socket.remoteAddress ?? ''
  const host = (request.headers.host ?? '').replace(/:\d+$/, '')
  return loopback.check(peer, net.isIPv6(peer) ? 'ipv6' : 'ipv4') && ['localhost', '127.0.0.1', '[::1]'].includes(host)
}

const loopback = new net.BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addSubnet('::ffff:127.0.0.0', 104, 'ipv6')
loopback.addAddress('::1', 'ipv6')

function cookieOf(request: Request): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = pair.trim().split('=')
    if (name === cookieName && value !== undefined) return decodeURIComponent(value)
  }
  return undefined
}
