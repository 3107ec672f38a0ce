import * as z from 'zod'
import { listTokens } from '../../tokens/list-tokens.ts'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { list } from '../http/replies/reply.ts'
import { paging, pathId } from '../inputs/list-query.ts'
import { presentServiceToken } from '../presenters/present-service-token.ts'

export const listServiceTokens = operation({
  operationId: 'List Service Tokens',
  method: 'get',
  path: '/api/v3/accounts/:account_id/service-tokens/',
  permission: 'tokens:read',
  params: z.object({ account_id: pathId }),
  query: z.object(paging),
  body: none,
  async handler(ctx, { query: { limit, offset }, access }) {
    assertWholeAccount(access)
    const tokens = await listTokens(ctx, { accountId: access.accountId })
    const items = tokens.slice(offset, offset + limit).map((token) => presentServiceToken(token))
    return list({ items, total: tokens.length, filters: { limit, offset }, orderBy: 'id' })
  },
})
