import { findAccount } from '../../definitions/projects/project-queries.ts'
import { none, operation } from '../http/operation.ts'
import { list } from '../http/replies/reply.ts'
import { presentAccount } from '../presenters/present-account.ts'

/** A token knows its own account only. */
export const listAccounts = operation({
  operationId: 'List Accounts',
  method: 'get',
  path: ['/api/v2/accounts/', '/api/v3/accounts/'],
  permission: null,
  params: none,
  query: none,
  body: none,
  async handler(ctx, { token }) {
    const account = await findAccount(ctx.db, token.account_id)
    const items = account === undefined ? [] : [presentAccount(account, ctx.publicUrl())]
    return list({ items, total: items.length, filters: { limit: 100, offset: 0 }, orderBy: null })
  },
})
