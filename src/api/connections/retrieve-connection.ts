import * as z from 'zod'
import { v2, v3, v3Project } from '../http/account-paths.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { findConnectionOfPath, formOf, loadConnections } from './load-connections.ts'

export const retrieveConnection = operation({
  operationId: 'Retrieve Connection',
  method: 'get',
  path: [
    `${v2}connections/:connection_id/`,
    `${v3Project}connections/:connection_id/`,
    { operationId: 'Retrieve Account Connection', path: `${v3}connections/:connection_id/` },
  ],
  permission: 'projects:read',
  params: z.object({ account_id: pathId, project_id: pathId.optional(), connection_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { version, params, access }) {
    const connection = await findConnectionOfPath(ctx, access, params)
    const [described] = await loadConnections(ctx, [connection], formOf(version, params))
    return ok(described)
  },
})
