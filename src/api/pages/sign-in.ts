import type { Request, Response } from 'express'
import * as z from 'zod'
import { openSession, redeemSignInCode } from '../../tokens/sessions.ts'
import type { ApiContext } from '../api-context.ts'
import { callerOf } from '../http/authenticate.ts'
import type { BadTokens } from '../http/limits/bad-tokens.ts'
import { isCrossSite } from './same-origin.ts'
import { setSessionCookie } from './session-cookie.ts'
import { signInPage } from './sign-in-page.ts'

const form = z.object({ token: z.string().trim().min(1).max(1000) })
const link = z.object({ code: z.string().min(1).max(1000) })

/** Takes the token of the form that a page showed, and comes back to that page. */
export async function signInWithToken(
  ctx: ApiContext,
  badTokens: BadTokens,
  request: Request,
  response: Response,
): Promise<void> {
  const refuse = (status: number, problem: string) =>
    response.status(status).type('html').send(signInPage(request.originalUrl, problem))
  if (isCrossSite(request)) return void refuse(403, 'This form was sent by another site. Fill it in here.')
  const given = form.safeParse(request.body)
  const token = given.success ? await callerOf(ctx, badTokens, request, given.data.token) : undefined
  if (token === undefined || String(token.account_id) !== request.params.account_id)
    return void refuse(401, 'This token is not valid for this account.')
  setSessionCookie(response, await openSession(ctx.db, token.id), isSecure(ctx))
  response.redirect(303, request.originalUrl)
}

/** Takes the code of a link that the server gave to a person, once. */
export async function signInWithCode(
  ctx: ApiContext,
  badTokens: BadTokens,
  request: Request,
  response: Response,
): Promise<void> {
  const given = link.safeParse(request.query)
  const isWelcome = given.success && !isCrossSite(request)
  const session = isWelcome ? await redeemSignInCode(ctx.db, given.data.code) : undefined
  if (session === undefined) {
    await badTokens.slowDown(request.ip ?? '')
    response.status(401).type('html').send(signInPage(undefined, 'This link was used before, or is too old.'))
    return
  }
  setSessionCookie(response, session, isSecure(ctx))
  response.redirect(303, '/')
}

function isSecure(ctx: ApiContext): boolean {
  return ctx.publicUrl().startsWith('https:')
}
