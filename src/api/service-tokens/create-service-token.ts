import * as z from 'zod'
import { createToken } from '../../tokens/create-token.ts'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { created } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { presentServiceToken } from '../presenters/present-service-token.ts'
import { tokenExpiry, tokenName, wireGrants } from './token-grants.ts'

export const createServiceToken = operation({
  operationId: 'Create Service Token',
  method: 'post',
  path: '/api/v3/accounts/:account_id/service-tokens/',
  permission: 'tokens:write',
  params: z.object({ account_id: pathId }),
  query: none,
  // Without grants the token knows its account and nothing more, until it is given some.
  body: z.object({ name: tokenName, permission_grants: wireGrants.nullish(), expires_at: tokenExpiry }),
  async handler(ctx, { body, access }) {
    assertWholeAccount(access)
    const { row, token } = await createToken(ctx, {
      accountId: access.accountId,
      name: body.name,
      grants: body.permission_grants ?? [],
      ...(body.expires_at && { expiresAt: body.expires_at }),
    })
    return created(presentServiceToken(row, token))
  },
})
