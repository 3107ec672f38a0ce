import * as z from 'zod'
import type { ConnectionRecord } from '../../definitions/connections/connection-queries.ts'
import { createConnection as create } from '../../definitions/connections/create-connection.ts'
import { deleteConnection, updateConnection as update } from '../../definitions/connections/update-connection.ts'
import { getProject } from '../../definitions/projects/project-queries.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { deletedState } from '../../domain/state.ts'
import type { ApiContext } from '../api-context.ts'
import { none, operation } from '../http/operation.ts'
import { created, ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { assertSame, requireFields } from '../inputs/required-fields.ts'
import { presentConnection } from '../presenters/present-connection.ts'
import { adapterOf, changedConnectionOf, connectionBody } from './connection-body.ts'
import { findConnectionOfPath } from './load-connections.ts'

const path = '/api/v3/accounts/:account_id/projects/:project_id/connections/'
const listParams = z.object({ account_id: pathId, project_id: pathId })
const params = listParams.extend({ connection_id: pathId })

export const createConnection = operation({
  operationId: 'Create Connection',
  method: 'post',
  path,
  permission: 'connections:write',
  params: listParams,
  query: none,
  body: connectionBody,
  async handler(ctx, { params: { account_id: accountId, project_id: projectId }, body, access }) {
    const given = { ...body, type: adapterOf(body) }
    requireFields(given, ['name', 'type'])
    if (given.type === 'adapter') throw nameless()
    assertSame('project_id', body.project_id, projectId)
    await getProject(ctx.db, accountId, projectId)
    const { name, type, details = {} } = given
    const id = await create(ctx, { accountId, projectId, name, type, details })
    const path = { account_id: accountId, project_id: projectId, connection_id: id }
    return created(presentConnection(await findConnectionOfPath(ctx, access, path)))
  },
})

export const updateConnection = operation({
  operationId: 'Update Connection',
  method: 'post',
  path: `${path}:connection_id/`,
  permission: 'connections:write',
  params,
  query: none,
  body: connectionBody,
  async handler(ctx, { params, body, access }) {
    assertSame('id', body.id, params.connection_id)
    assertSame('project_id', body.project_id, params.project_id, 'No connection moves between projects.')
    const before = await findConnectionOfPath(ctx, access, params)
    if (body.state === deletedState) return await destroyed(ctx, before)
    const key = { accountId: before.account_id, id: before.id }
    await update(ctx, key, (connection) => changedConnectionOf(body, connection))
    return ok(presentConnection(await findConnectionOfPath(ctx, access, params)))
  },
})

export const destroyConnection = operation({
  operationId: 'Destroy Connection',
  method: 'delete',
  path: `${path}:connection_id/`,
  permission: 'connections:write',
  params,
  query: none,
  body: none,
  handler: async (ctx, { params, access }) => await destroyed(ctx, await findConnectionOfPath(ctx, access, params)),
})

async function destroyed(ctx: ApiContext, connection: ConnectionRecord) {
  await deleteConnection(ctx, { accountId: connection.account_id, id: connection.id })
  return ok(presentConnection({ ...connection, state: deletedState }))
}

function nameless(): InvalidRequestError {
  const message = 'Expected the name of the adapter beside the type "adapter", such as databricks_v0.'
  return new InvalidRequestError(message, { fields: { adapter_version: message } })
}
