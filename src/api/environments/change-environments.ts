import * as z from 'zod'
import type { ConnectionChoice } from '../../definitions/connections/choose-connection.ts'
import { createEnvironment } from '../../definitions/environments/create-environment.ts'
import { type EnvironmentRecord, findEnvironmentsByIds } from '../../definitions/environments/environment-queries.ts'
import {
  deleteEnvironment,
  type EnvironmentChange,
  updateEnvironment,
} from '../../definitions/environments/update-environment.ts'
import { getProject } from '../../definitions/projects/project-queries.ts'
import type { ApiContext } from '../api-context.ts'
import { type Access, assertAlsoHeld, type Caller } from '../http/access.ts'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, type Operation, operation } from '../http/operation.ts'
import { created, ok } from '../http/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { includeRelated } from '../inputs/query-fields.ts'
import { assertSame, requireFields } from '../inputs/required-fields.ts'
import { environmentBody } from './environment-body.ts'
import { changedEnvironmentOf, newEnvironmentOf } from './environment-of-body.ts'
import { findEnvironmentOfPath } from './find-environment-of-path.ts'
import {
  type Dialect,
  describeEnvironments,
  type EnvironmentIncludes,
  environmentIncludes,
} from './load-environments.ts'

interface Place {
  /** Of the list: it ends in `environments/`. */
  readonly path: string
  readonly dialect: Dialect
  /** "Environment", or "Account Environment" for v3's paths without a project. */
  readonly noun: string
}

const listParams = z.object({ account_id: pathId, project_id: pathId.optional() })
const params = listParams.extend({ environment_id: pathId })
const query = z.object({ include_related: includeRelated(environmentIncludes) })

export function createEnvironmentAt({ path, dialect, noun }: Place): Operation {
  return operation({
    operationId: `Create ${noun}`,
    method: 'post',
    path,
    permission: 'environments:write',
    fieldPermission: 'connections:write',
    params: listParams,
    query,
    body: environmentBody,
    async handler(ctx, { params, query, body, access, token }) {
      const given = { ...body, project_id: params.project_id ?? body.project_id }
      requireFields(given, ['project_id', 'name'])
      assertSame('project_id', body.project_id, given.project_id)
      const project = await getProject(ctx.db, params.account_id, given.project_id)
      access.assertProject(project.id)
      const wanted = newEnvironmentOf(body, given.name)
      assertMayChooseUser(access, wanted, null)
      await assertMayConnect(token, wanted.connection, project.id)
      const environmentId = await createEnvironment(ctx, {
        accountId: params.account_id,
        projectId: project.id,
        id: body.stratus?.id ?? undefined,
        ...wanted,
      })
      if (body.state === 2) await deleteEnvironment(ctx, { accountId: params.account_id, environmentId })
      return created(await describe(ctx, environmentId, dialect, query.include_related))
    },
  })
}

export function retrieveEnvironmentAt({ path, dialect, noun }: Place): Operation {
  return operation({
    operationId: `Retrieve ${noun}`,
    method: 'get',
    path: `${path}:environment_id/`,
    permission: 'projects:read',
    params,
    query,
    body: none,
    async handler(ctx, { params, query }) {
      const environment = await findEnvironmentOfPath(ctx, params)
      const [described] = await describeEnvironments(ctx, [environment], dialect, query.include_related)
      return ok(described)
    },
  })
}

export function updateEnvironmentAt({ path, dialect, noun }: Place): Operation {
  return operation({
    operationId: `Update ${noun}`,
    method: 'post',
    path: `${path}:environment_id/`,
    permission: 'environments:write',
    fieldPermission: 'connections:write',
    params,
    query,
    body: environmentBody,
    async handler(ctx, { params, query, body, access, token }) {
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
      if (body.state === 2) await deleteEnvironment(ctx, key)
      else await updateEnvironment(ctx, key, change)
      return ok(await describe(ctx, id, dialect, query.include_related))
    },
  })
}

export function destroyEnvironmentAt({ path, dialect, noun }: Place): Operation {
  return operation({
    operationId: `Destroy ${noun}`,
    method: 'delete',
    path: `${path}:environment_id/`,
    permission: 'environments:write',
    params,
    query: none,
    body: none,
    async handler(ctx, { params }) {
      const { id } = await findEnvironmentOfPath(ctx, params)
      await deleteEnvironment(ctx, { accountId: params.account_id, environmentId: id })
      return ok(await describe(ctx, id, dialect, new Set()))
    },
  })
}

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

/** As it is now, deleted or not. */
async function describe(ctx: ApiContext, id: number, dialect: Dialect, include: EnvironmentIncludes) {
  const [described] = await describeEnvironments(ctx, await findEnvironmentsByIds(ctx.db, [id]), dialect, include)
  return described
}
