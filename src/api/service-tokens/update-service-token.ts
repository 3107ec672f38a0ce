import * as z from 'zod'
import { updateToken } from '../../tokens/update-token.ts'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { presentServiceToken } from '../presenters/present-service-token.ts'
import { tokenName } from './token-grants.ts'

export const updateServiceToken = operation({
  operationId: 'Update Service Token',
  method: 'put',
  path: '/api/v3/accounts/:account_id/service-tokens/:token_id/',
  permission: 'tokens:write',
  params: z.object({ account_id: pathId, token_id: pathId }),
  query: none,
  body: z.object({ name: tokenName }),
  async handler(ctx, { params, body, access }) {
    assertWholeAccount(access)
    const token = await updateToken(ctx, { accountId: access.accountId, tokenId: params.token_id, name: body.name })
    return ok(presentServiceToken(token))
  },
})
