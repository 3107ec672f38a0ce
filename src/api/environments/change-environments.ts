import * as z from 'zod'
import type { ConnectionChoice } from '../../definitions/connections/choose-connection.ts'
import { createEnvironment as create } from '../../definitions/environments/create-environment.ts'
import { type EnvironmentRecord, findEnvironmentsByIds } from '../../definitions/environments/environment-queries.ts'
import {
  deleteEnvironment,
  type EnvironmentChange,
  updateEnvironment as update,
} from '../../definitions/environments/update-environment.ts'
import { getProject } from '../../definitions/projects/project-queries.ts'
import { deletedState } from '../../domain/state.ts'
import type { ApiContext } from '../api-context.ts'
import { type Access, assertAlsoHeld, type Caller } from '../http/access.ts'
import { v2, v3, v3Project } from '../http/account-paths.ts'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation, type Version } from '../http/operation.ts'
import { created, ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { includeRelated } from '../inputs/query-fields.ts'
import { assertSame, requireFields } from '../inputs/required-fields.ts'
import { environmentBody } from './environment-body.ts'
import { changedEnvironmentOf, newEnvironmentOf } from './environment-of-body.ts'
import { findEnvironmentOfPath } from './find-environment-of-path.ts'
import { type EnvironmentIncludes, environmentIncludes, loadEnvironments } from './load-environments.ts'

/** v3 has them in their project and, beyond what dbt Cloud publishes, in the account. */
function pathsOf(verb: string, one = '') {
  const path = `environments/${one}`
  return [`${v2}${path}`, `${v3Project}${path}`, { operationId: `${verb} Account Environment`, path: `${v3}${path}` }]
}

const listParams = z.object({ account_id: pathId, project_id: pathId.optional() })
const params = listParams.extend({ environment_id: pathId })
const query = z.object({ include_related: includeRelated(environmentIncludes) })

export const createEnvironment = operation({
  operationId: 'Create Environment',
  method: 'post',
  path: pathsOf('Create'),
  permission: 'environments:write',
  fieldPermission: 'connections:write',
  params: listParams,
  query,
  body: environmentBody,
  async handler(ctx, { version, params, query, body, access, token }) {
    const given = { ...body, project_id: params.project_id ?? body.project_id }
    requireFields(given, ['project_id', 'name'])
    assertSame('project_id', body.project_id, given.project_id)
    const project = await getProject(ctx.db, params.account_id, given.project_id)
    access.assertProject(project.id)
    const wanted = newEnvironmentOf(body, given.name)
    assertMayChooseUser(access, wanted, null)
    await assertMayConnect(token, wanted.connection, project.id)
    const environmentId = await create(ctx, {
      accountId: params.account_id,
      projectId: project.id,
      id: body.stratus?.id ?? undefined,
      ...wanted,
    })
    if (body.state === deletedState) await deleteEnvironment(ctx, { accountId: params.account_id, environmentId })
    return created(await describe(ctx, environmentId, version, query.include_related))
  },
})

export const retrieveEnvironment = operation({
  operationId: 'Retrieve Environment',
  method: 'get',
  path: pathsOf('Retrieve', ':environment_id/'),
  permission: 'projects:read',
  params,
  query,
  body: none,
  async handler(ctx, { version, params, query }) {
    const environment = await findEnvironmentOfPath(ctx, params)
    const [described] = await loadEnvironments(ctx, [environment], version, query.include_related)
    return ok(described)
  },
})

export const updateEnvironment = operation({
  operationId: 'Update Environment',
  method: 'post',
  path: pathsOf('Update', ':environment_id/'),
  permission: 'environments:write',
  fieldPermission: 'connections:write',
  params,
  query,
  body: environmentBody,
  async handler(ctx, { version, params, query, body, access, token }) {
    const environment = await findEnvironmentOfPath(ctx, params)
    const { id, project_id: projectId } = environment
    assertSame('id', body.id, id)
    assertSame('stratus.id', body.stratus?.id ?? undefined, id)
    assertSame('project_id', body.project_id, projectId, 'No environment moves between projects.')
    await assertMayConnect(token, changedEnvironmentOf(body, environment).connection, projectId)
    const key = { accountId: params.account_id, environmentId: id }
    const change = (before: EnvironmentRecord) => {
      const changed = changedEnvironmentOf(body, before)
      assertMayChooseUser(access, changed, before.run_as)
      return changed
    }
    if (body.state === deletedState) await deleteEnvironment(ctx, key)
    else await update(ctx, key, change)
    return ok(await describe(ctx, id, version, query.include_related))
  },
})

export const destroyEnvironment = operation({
  operationId: 'Destroy Environment',
  method: 'delete',
  path: pathsOf('Destroy', ':environment_id/'),
  permission: 'environments:write',
  params,
  query: none,
  body: none,
  async handler(ctx, { version, params }) {
    const { id } = await findEnvironmentOfPath(ctx, params)
    await deleteEnvironment(ctx, { accountId: params.account_id, environmentId: id })
    return ok(await describe(ctx, id, version, new Set()))
  },
})

/** One project's user reaches what is its own: who may change another project alone does not choose it for that. */
function assertMayChooseUser(access: Access, { settings }: EnvironmentChange, before: string | null): void {
  if (settings.run_as !== before) assertWholeAccount(access)
}

/** Whoever chooses where an environment connects also chooses where its credentials are sent. */
async function assertMayConnect(token: Caller, choice: ConnectionChoice, projectId: number): Promise<void> {
  if (choice.kind !== 'own' && choice.kind !== 'shared') return
  const fields = choice.kind === 'own' ? ['stratus.connection'] : ['connection_id', 'credentials_id']
  await assertAlsoHeld(token, 'connections:write', fields, async () => projectId)
}

/** An answer shows the environment as it is now, even when the request deleted it. */
async function describe(ctx: ApiContext, id: number, version: Version, include: EnvironmentIncludes) {
  const [described] = await loadEnvironments(ctx, await findEnvironmentsByIds(ctx.db, [id]), version, include)
  return described
}
