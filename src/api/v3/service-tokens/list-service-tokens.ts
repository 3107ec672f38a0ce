import * as z from 'zod'
import { listTokens } from '../../../tokens/list-tokens.ts'
import { paging, pathId } from '../../inputs/list-query.ts'
import { none, operation } from '../../operation.ts'
import { presentServiceToken } from '../../presenters/present-service-token.ts'
import { list } from '../../reply.ts'
import { assertWholeAccount } from '../../stratus/assert-whole-account.ts'

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
