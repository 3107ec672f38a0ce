import * as z from 'zod'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { presentServiceToken } from '../presenters/present-service-token.ts'
import { findTokenOrThrow } from './find-token-or-throw.ts'

export const retrieveServiceToken = operation({
  operationId: 'Retrieve Service Token',
  method: 'get',
  path: '/api/v3/accounts/:account_id/service-tokens/:token_id/',
  permission: 'tokens:read',
  params: z.object({ account_id: pathId, token_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { params, access }) {
    assertWholeAccount(access)
    return ok(presentServiceToken(await findTokenOrThrow(ctx, params)))
  },
})
