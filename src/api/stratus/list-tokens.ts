import * as z from 'zod'
import { listTokens as find } from '../../tokens/list-tokens.ts'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { list } from '../http/replies/reply.ts'
import { paging } from '../inputs/list-query.ts'
import { presentToken } from './present-token.ts'

export const listTokens = operation({
  operationId: 'List Tokens',
  method: 'get',
  path: '/api/stratus/v1/tokens/',
  permission: 'tokens:read',
  params: none,
  query: z.object(paging),
  body: none,
  async handler(ctx, { query: { limit, offset }, access }) {
    assertWholeAccount(access)
    const tokens = await find(ctx, { accountId: access.accountId })
    const items = tokens.slice(offset, offset + limit).map(presentToken)
    return list({ items, total: tokens.length, filters: { limit, offset }, orderBy: 'id' })
  },
})
