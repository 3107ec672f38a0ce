import * as z from 'zod'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { list } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { presentTokenPermissions } from '../presenters/present-service-token.ts'
import { findTokenOrThrow } from './find-token-or-throw.ts'

export const listServiceTokenPermissions = operation({
  operationId: 'List Service Token Permissions',
  method: 'get',
  path: '/api/v3/accounts/:account_id/service-tokens/:token_id/permissions/',
  permission: 'tokens:read',
  params: z.object({ account_id: pathId, token_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { params, access }) {
    assertWholeAccount(access)
    const items = presentTokenPermissions(await findTokenOrThrow(ctx, params))
    return list({ items, total: items.length, filters: { limit: 100, offset: 0 }, orderBy: null })
  },
})
