import * as z from 'zod'
import { type CredentialsRecord, findCredentials } from '../../definitions/connections/connection-queries.ts'
import { createCredentials as create } from '../../definitions/connections/create-connection.ts'
import {
  deleteCredentials as remove,
  updateCredentials as update,
} from '../../definitions/connections/update-credentials.ts'
import { getProject } from '../../definitions/projects/project-queries.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { deletedState } from '../../domain/state.ts'
import type { ApiContext } from '../api-context.ts'
import { none, type Operation, operation } from '../http/operation.ts'
import { created, ok, type Reply } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { assertSame, requireFields } from '../inputs/required-fields.ts'
import { presentCredentials } from '../presenters/present-credentials.ts'
import { changedCredentialsOf, credentialsBody, newCredentialsOf } from './credentials-body.ts'

const path = '/api/v3/accounts/:account_id/projects/:project_id/credentials/'
const listParams = z.object({ account_id: pathId, project_id: pathId })
const params = listParams.extend({ credentials_id: pathId })

export const createCredentials = operation({
  operationId: 'Create Credentials',
  method: 'post',
  path,
  permission: 'connections:write',
  params: listParams,
  query: none,
  body: credentialsBody,
  async handler(ctx, { params: { account_id: accountId, project_id: projectId }, body }) {
    requireFields(body, ['type'])
    assertSame('project_id', body.project_id, projectId)
    await getProject(ctx.db, accountId, projectId)
    const id = await create(ctx, { accountId, projectId, type: body.type, ...newCredentialsOf(body) })
    return created(presentCredentials(await credentialsOfPath(ctx, { accountId, projectId, id })))
  },
})

export const retrieveCredentials = operation({
  operationId: 'Get Credentials',
  method: 'get',
  path: `${path}:credentials_id/`,
  permission: 'projects:read',
  params,
  query: none,
  body: none,
  handler: async (ctx, { params }) => ok(presentCredentials(await credentialsOfPath(ctx, keyOf(params)))),
})

/** Both leave what is absent: nobody can send back secrets that nobody can read. */
export const updateCredentials = updateBy('post', 'Update Credentials')
export const patchCredentials = updateBy('patch', 'Partial Update Credentials')

function updateBy(method: 'post' | 'patch', operationId: string): Operation {
  return operation({
    operationId,
    method,
    path: `${path}:credentials_id/`,
    permission: 'connections:write',
    params,
    query: none,
    body: credentialsBody,
    async handler(ctx, { params, body }) {
      const key = keyOf(params)
      assertSame('id', body.id, key.id)
      assertSame('project_id', body.project_id, key.projectId, 'No credentials move between projects.')
      if (body.state === deletedState) return await destroyed(ctx, await credentialsOfPath(ctx, key))
      await update(ctx, key, (credentials) => changedCredentialsOf(body, credentials))
      return ok(presentCredentials(await credentialsOfPath(ctx, key)))
    },
  })
}

export const destroyCredentials = operation({
  operationId: 'Delete Credentials',
  method: 'delete',
  path: `${path}:credentials_id/`,
  permission: 'connections:write',
  params,
  query: none,
  body: none,
  handler: async (ctx, { params }) => await destroyed(ctx, await credentialsOfPath(ctx, keyOf(params))),
})

interface Key {
  readonly accountId: number
  readonly projectId: number
  readonly id: number
}

function keyOf(path: z.infer<typeof params>): Key {
  return { accountId: path.account_id, projectId: path.project_id, id: path.credentials_id }
}

async function credentialsOfPath(ctx: ApiContext, { accountId, projectId, id }: Key): Promise<CredentialsRecord> {
  const credentials = await findCredentials(ctx.db, accountId, projectId, id)
  if (credentials === undefined) throw new NotFoundError(`Project ${projectId} has no credentials ${id}.`)
  return credentials
}

async function destroyed(ctx: ApiContext, credentials: CredentialsRecord): Promise<Reply> {
  const { id, account_id: accountId, project_id: projectId } = credentials
  await remove(ctx, { accountId, projectId, id })
  return ok(presentCredentials({ ...credentials, state: deletedState }))
}
