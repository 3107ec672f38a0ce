import * as z from 'zod'
import { none, type Operation, operation } from '../http/operation.ts'
import { ok } from '../http/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { presentUser } from '../presenters/present-user.ts'
import { findUserOrThrow } from './find-users.ts'

/** The same in v2, with an account in the path and without, and in v3. */
export function retrieveUserAt(path: string, operationId = 'Retrieve User'): Operation {
  return operation({
    operationId,
    method: 'get',
    path,
    permission: null,
    params: z.object({ user_id: pathId }),
    query: none,
    body: none,
    async handler(ctx, { access, params }) {
      return ok(presentUser(await findUserOrThrow(ctx, access, params.user_id)))
    },
  })
}
