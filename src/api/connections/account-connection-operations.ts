import * as z from 'zod'
import type { ConnectionRecord } from '../../definitions/connections/connection-queries.ts'
import { createConnection } from '../../definitions/connections/create-connection.ts'
import { deleteConnection, updateConnection } from '../../definitions/connections/update-connection.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { deletedState } from '../../domain/state.ts'
import type { ApiContext } from '../api-context.ts'
import type { Access } from '../http/access.ts'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { created, ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { assertSame, requireFields } from '../inputs/required-fields.ts'
import { presentAccountConnection } from '../presenters/present-connection.ts'
import { accountConnectionBody, adapterOf, mergedConnectionOf } from './connection-body.ts'
import { findConnectionOfPath, loadConnections } from './load-connections.ts'

// Terraform calls these global connections. The connections of projects and environments are among them, as in dbt Cloud.

const path = '/api/v3/accounts/:account_id/connections/'
const listParams = z.object({ account_id: pathId })
const params = listParams.extend({ connection_id: pathId })

export const createAccountConnection = operation({
  operationId: 'Create Account Connection',
  method: 'post',
  path,
  permission: 'connections:write',
  params: listParams,
  query: none,
  body: accountConnectionBody,
  async handler(ctx, { params: { account_id: accountId }, body, access }) {
    assertWholeAccount(access)
    assertSame('account_id', body.account_id, accountId)
    assertAdapterName(body)
    const given = { ...body, adapter_version: adapterOf(body) }
    requireFields(given, ['name', 'adapter_version'])
    const { name, adapter_version: type, config: details = {} } = given
    const id = await createConnection(ctx, { accountId, projectId: null, name, type, details })
    return created(await describe(ctx, access, { account_id: accountId, connection_id: id }))
  },
})

export const updateAccountConnection = operation({
  operationId: 'Update Account Connection',
  method: 'patch',
  path: `${path}:connection_id/`,
  permission: 'connections:write',
  params,
  query: none,
  body: accountConnectionBody,
  async handler(ctx, { params, body, access }) {
    assertSame('id', body.id, params.connection_id)
    assertSame('account_id', body.account_id, params.account_id)
    const before = await changeableConnection(ctx, access, params)
    if (body.state === deletedState) return await destroyed(ctx, before)
    assertAdapterName(body)
    const key = { accountId: before.account_id, id: before.id }
    await updateConnection(ctx, key, (connection) => mergedConnectionOf(body, connection))
    return ok(await describe(ctx, access, params))
  },
})

export const destroyAccountConnection = operation({
  operationId: 'Delete Account Connection',
  method: 'delete',
  path: `${path}:connection_id/`,
  permission: 'connections:write',
  params,
  query: none,
  body: none,
  handler: async (ctx, { params, access }) => await destroyed(ctx, await changeableConnection(ctx, access, params)),
})

type Params = z.infer<typeof params>

/** One of the account concerns all projects: a token of some of them may see it and use it, and not change it. */
async function changeableConnection(ctx: ApiContext, access: Access, path: Params): Promise<ConnectionRecord> {
  const connection = await findConnectionOfPath(ctx, access, path)
  if (connection.project_id === null) assertWholeAccount(access)
  return connection
}

async function destroyed(ctx: ApiContext, connection: ConnectionRecord) {
  await deleteConnection(ctx, { accountId: connection.account_id, id: connection.id })
  return ok(presentAccountConnection({ ...connection, state: deletedState }, 0))
}

async function describe(ctx: ApiContext, access: Access, path: Params) {
  const [described] = await loadConnections(ctx, [await findConnectionOfPath(ctx, access, path)], 'account')
  return described
}

function assertAdapterName(body: z.infer<typeof accountConnectionBody>): void {
  const adapter = adapterOf(body)
  if (adapter === undefined || /^[a-z][a-z0-9_]*$/.test(adapter)) return
  const message = 'Expected the name of a dbt adapter with its version, such as postgres_v0.'
  throw new InvalidRequestError(message, { fields: { adapter_version: message } })
}
