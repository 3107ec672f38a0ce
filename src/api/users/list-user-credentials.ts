import * as z from 'zod'
import { none, operation } from '../http/operation.ts'
import { list } from '../http/replies/reply.ts'
import { paging, pathId } from '../inputs/list-query.ts'
import { findUserOrThrow } from './find-users.ts'

/** dbt's MCP server asks for those of its own user at its start. A service token has none. */
export const listUserCredentials = operation({
  operationId: 'List User Credentials',
  method: 'get',
  path: '/api/v3/users/:user_id/credentials/',
  permission: null,
  params: z.object({ user_id: pathId }),
  query: z.object(paging),
  body: none,
  async handler(ctx, { access, params, query: { limit, offset } }) {
    await findUserOrThrow(ctx, access, params.user_id)
    return list({ items: [], total: 0, filters: { limit, offset }, orderBy: 'id' })
  },
})
