import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'

/** A client asks this first: which Stratus is this, and for which account is my token? */
export const retrieveServer = operation({
  operationId: 'Retrieve Server',
  method: 'get',
  path: '/api/stratus/v1/server/',
  permission: null,
  params: none,
  query: none,
  body: none,
  async handler(ctx, { access }) {
    return ok({ product: 'stratus', version: ctx.version, account_id: access.accountId, url: ctx.publicUrl() })
  },
})
