import * as z from 'zod'
import { updateToken } from '../../tokens/update-token.ts'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { list } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { presentTokenPermissions } from '../presenters/present-service-token.ts'
import { wireGrants } from './token-grants.ts'

/** It is no part of dbt Cloud's published API; Terraform's provider gives a token its permissions so. */
export const replaceServiceTokenPermissions = operation({
  operationId: 'Replace Service Token Permissions',
  method: 'post',
  path: '/api/v3/accounts/:account_id/service-tokens/:token_id/permissions/',
  permission: 'tokens:write',
  params: z.object({ account_id: pathId, token_id: pathId }),
  query: none,
  body: wireGrants,
  async handler(ctx, { params, body, access }) {
    assertWholeAccount(access)
    const token = await updateToken(ctx, { accountId: access.accountId, tokenId: params.token_id, grants: body })
    const items = presentTokenPermissions(token)
    return list({ items, total: items.length, filters: { limit: 100, offset: 0 }, orderBy: null })
  },
})
