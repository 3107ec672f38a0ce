import * as z from 'zod'
import { findConnection } from '../../definitions/connections/connection-queries.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { presentFlatConnection } from '../presenters/present-connection.ts'

export const retrieveConnection = operation({
  operationId: 'Retrieve Connection',
  method: 'get',
  path: '/api/v2/accounts/:account_id/connections/:connection_id/',
  permission: 'projects:read',
  params: z.object({ account_id: pathId, connection_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { params: { account_id: accountId, connection_id: id }, access }) {
    const connection = await findConnection(ctx.db, accountId, id)
    if (connection === undefined) throw new NotFoundError(`There is no connection ${id}.`)
    if (connection.project_id !== null) access.assertProject(connection.project_id)
    return ok(presentFlatConnection(connection))
  },
})
