import * as z from 'zod'
import { revokeToken as revoke } from '../../tokens/revoke-token.ts'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { presentToken } from './present-token.ts'

export const revokeToken = operation({
  operationId: 'Revoke Token',
  method: 'delete',
  path: '/api/stratus/v1/tokens/:token_id/',
  permission: 'tokens:write',
  params: z.object({ token_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { params, access }) {
    assertWholeAccount(access)
    return ok(presentToken(await revoke(ctx, { accountId: access.accountId, tokenId: params.token_id })))
  },
})
