import * as z from 'zod'
import { v2, v3 } from '../http/account-paths.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { presentUser } from '../presenters/present-user.ts'
import { findUserOrThrow } from './find-users.ts'

export const retrieveUser = operation({
  operationId: 'Retrieve User',
  method: 'get',
  path: [
    '/api/v2/users/:user_id/',
    { operationId: 'Retrieve Account User', path: `${v2}users/:user_id/` },
    `${v3}users/:user_id/`,
  ],
  permission: null,
  params: z.object({ user_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { access, params }) {
    return ok(presentUser(await findUserOrThrow(ctx, access, params.user_id)))
  },
})
