import * as z from 'zod'
import { type ConnectionRecord, findConnection } from '../../definitions/connections/connection-queries.ts'
import { createConnection as create } from '../../definitions/connections/create-connection.ts'
import { deleteConnection, updateConnection as update } from '../../definitions/connections/update-connection.ts'
import { getProject } from '../../definitions/projects/project-queries.ts'
import { InvalidRequestError, NotFoundError } from '../../domain/errors.ts'
import type { ApiContext } from '../api-context.ts'
import { none, operation } from '../http/operation.ts'
import { created, ok } from '../http/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { assertSame, requireFields } from '../inputs/required-fields.ts'
import { presentConnection } from '../presenters/present-connection.ts'
import { adapterOf, changedConnectionOf, connectionBody } from './connection-body.ts'

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
  async handler(ctx, { params: { account_id: accountId, project_id: projectId }, body }) {
    const given = { ...body, type: adapterOf(body) }
    requireFields(given, ['name', 'type'])
    if (given.type === 'adapter') throw nameless()
    assertSame('project_id', body.project_id, projectId)
    await getProject(ctx.db, accountId, projectId)
    const { name, type, details = {} } = given
    const id = await create(ctx, { accountId, projectId, name, type, details })
    return created(presentConnection(await connectionOfPath(ctx, { accountId, projectId, id })))
  },
})

export const retrieveConnection = operation({
  operationId: 'Retrieve Connection',
  method: 'get',
  path: `${path}:connection_id/`,
  permission: 'projects:read',
  params,
  query: none,
  body: none,
  handler: async (ctx, { params }) => ok(presentConnection(await connectionOfPath(ctx, keyOf(params)))),
})

export const updateConnection = operation({
  operationId: 'Update Connection',
  method: 'post',
  path: `${path}:connection_id/`,
  permission: 'connections:write',
  params,
  query: none,
  body: connectionBody,
  async handler(ctx, { params, body }) {
    const key = keyOf(params)
    assertSame('id', body.id, key.id)
    assertSame('project_id', body.project_id, key.projectId, 'No connection moves between projects.')
    const before = await connectionOfPath(ctx, key)
    if (body.state === 2) return await destroyed(ctx, before)
    await update(ctx, key, (connection) => changedConnectionOf(body, connection))
    return ok(presentConnection(await connectionOfPath(ctx, key)))
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
  handler: async (ctx, { params }) => await destroyed(ctx, await connectionOfPath(ctx, keyOf(params))),
})

interface Key {
  readonly accountId: number
  readonly projectId: number
  readonly id: number
}

function keyOf(path: z.infer<typeof params>): Key {
  return { accountId: path.account_id, projectId: path.project_id, id: path.connection_id }
}

async function connectionOfPath(ctx: ApiContext, { accountId, projectId, id }: Key): Promise<ConnectionRecord> {
  const connection = await findConnection(ctx.db, accountId, id)
  if (connection?.project_id !== projectId) throw new NotFoundError(`Project ${projectId} has no connection ${id}.`)
  return connection
}

async function destroyed(ctx: ApiContext, connection: ConnectionRecord) {
  await deleteConnection(ctx, { accountId: connection.account_id, id: connection.id })
  return ok(presentConnection({ ...connection, state: 2 }))
}

function nameless(): InvalidRequestError {
  const message = 'Expected the name of the adapter beside the type "adapter", such as databricks_v0.'
  return new InvalidRequestError(message, { fields: { adapter_version: message } })
}
