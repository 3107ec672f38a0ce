import { NotFoundError } from '../../domain/errors.ts'
import { isAllowed } from '../../domain/permissions.ts'
import { findToken } from '../../tokens/find-token.ts'
import { listTokens } from '../../tokens/list-tokens.ts'
import type { Ordering } from '../../util/paging.ts'
import type { ApiContext } from '../api-context.ts'
import type { Access, Caller } from '../http/access.ts'

type Token = Awaited<ReturnType<typeof listTokens>>[number]

/*
 * Stratus has no people, only service tokens: each stands for itself as a user, under its own id. Every token sees
 * itself; others need account:read.
 */

/** A token has no address: one that mail programs and parsers take for valid, at a name that is never anybody's (RFC 2606). */
export function emailOf({ id }: Pick<Token, 'id'>): string {
  return `token-${id}@stratus.invalid`
}

export async function findUsers(ctx: ApiContext, access: Access): Promise<Token[]> {
  const tokens = await listTokens(ctx, { accountId: access.accountId })
  return seesOthers(access.caller) ? tokens : tokens.filter((token) => token.id === access.caller.id)
}

export async function findUserOrThrow(ctx: ApiContext, access: Access, userId: number): Promise<Token> {
  const visible = userId === access.caller.id || seesOthers(access.caller)
  const user = visible ? await findToken(ctx.db, access.accountId, userId) : undefined
  if (user === undefined) throw new NotFoundError(`There is no user ${userId}.`)
  return user
}

export const userOrders = ['id', 'email', 'first_name', 'last_name', 'last_login', 'created_at'] as const

/** Compares two users; those without the value, or with the same one, go by their ids. */
export function byUserOrder({ column, descending }: Ordering<(typeof userOrders)[number]>) {
  const direction = descending ? -1 : 1
  return (left: Token, right: Token) => direction * (compareBy(column, left, right) || left.id - right.id)
}

function compareBy(column: (typeof userOrders)[number], left: Token, right: Token): number {
  switch (column) {
    case 'first_name':
      return left.name.localeCompare(right.name, 'en')
    case 'last_login':
      return (left.last_used_at?.getTime() ?? 0) - (right.last_used_at?.getTime() ?? 0)
    case 'created_at':
      return left.created_at.getTime() - right.created_at.getTime()
    case 'email':
      return emailOf(left).localeCompare(emailOf(right), 'en')
    case 'id':
    case 'last_name':
      return 0
  }
}

function seesOthers({ grants }: Caller): boolean {
  return isAllowed(
    grants.filter((grant) => grant.project_ids === null),
    'account:read',
  )
}
