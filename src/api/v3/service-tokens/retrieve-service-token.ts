import * as z from 'zod'
import { findTokenOrThrow } from '../../find-token-or-throw.ts'
import { pathId } from '../../inputs/list-query.ts'
import { none, operation } from '../../operation.ts'
import { presentServiceToken } from '../../presenters/present-service-token.ts'
import { ok } from '../../reply.ts'
import { assertWholeAccount } from '../../stratus/assert-whole-account.ts'

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
