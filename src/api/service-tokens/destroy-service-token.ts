import * as z from 'zod'
import { revokeToken } from '../../tokens/revoke-token.ts'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { presentServiceToken } from '../presenters/present-service-token.ts'

/** dbt Cloud answers 204; its clients read JSON all the same, so that the revoked token is the answer here. */
export const destroyServiceToken = operation({
  operationId: 'Destroy Service Token',
  method: 'delete',
  path: '/api/v3/accounts/:account_id/service-tokens/:token_id/',
  permission: 'tokens:write',
  params: z.object({ account_id: pathId, token_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { params, access }) {
    assertWholeAccount(access)
    return ok(presentServiceToken(await revokeToken(ctx, { accountId: access.accountId, tokenId: params.token_id })))
  },
})
