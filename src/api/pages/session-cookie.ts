import type { Request, Response } from 'express'
import { sessionSeconds } from '../../tokens/sessions.ts'

const cookieName = 'stratus_session'

/** No script can read it, and no other site's page can make a request that carries it. */
export function setSessionCookie(response: Response, sessionId: string, secure: boolean): void {
  response.cookie(cookieName, sessionId, {
    httpOnly: true,
    secure,
    sameSite: 'strict',
    path: '/',
    maxAge: sessionSeconds * 1000,
  })
}

/** It is undefined when there is none, or none that this server could have set. */
export function sessionIdOf(request: Request): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [name, value = ''] = pair.trim().split('=')
    if (name === cookieName && /^[\w-]{43}$/.test(value)) return value
  }
  return undefined
}
