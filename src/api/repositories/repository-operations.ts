import * as z from 'zod'
import { getProject, listProjects, type ProjectRecord } from '../../definitions/projects/project-queries.ts'
import { settingsOf, updateProject } from '../../definitions/projects/update-project.ts'
import { InvalidRequestError, NotFoundError } from '../../domain/errors.ts'
import { gitUrlProblem, keptGitUrl } from '../../domain/git/git-url.ts'
import { deletedState } from '../../domain/state.ts'
import type { ApiContext } from '../api-context.ts'
import { v2, v3Project } from '../http/account-paths.ts'
import { none, operation } from '../http/operation.ts'
import { created, ok } from '../http/replies/reply.ts'
import { replyWithPage } from '../http/replies/reply-with-page.ts'
import { bodyId, bodyState } from '../inputs/clearable-fields.ts'
import { both, orderBy, paging, pathId, state, stateNumber } from '../inputs/list-query.ts'
import { queryInt, queryInts, queryText } from '../inputs/query-fields.ts'
import { assertSame, requireFields } from '../inputs/required-fields.ts'
import { presentRepository, presentSpacedRepository } from '../presenters/present-repository.ts'

/*
 * A project's repository is part of the project: it has the project's id, and there is one at most. dbt Cloud's clients
 * see it as an object of its own.
 */

const path = `${v3Project}repositories/`
const listParams = z.object({ account_id: pathId, project_id: pathId })
const params = listParams.extend({ repository_id: pathId })

const present = { v2: presentRepository, v3: presentSpacedRepository }

const listQuery = z.object({
  ...paging,
  state,
  order_by: orderBy(['id', 'created_at', 'updated_at']),
  pk: queryInt(),
  pk__in: queryInts(),
  project_id: queryInt(),
  project_id__in: queryInts(),
  remote_url: queryText(),
})

/** v2 lists those of the account; v3 that of a project. */
export const listRepositories = operation({
  operationId: 'List Repositories',
  method: 'get',
  path: [`${v2}repositories/`, path],
  permission: 'projects:read',
  params: z.object({ account_id: pathId, project_id: pathId.optional() }),
  query: listQuery,
  body: none,
  async handler(ctx, { version, params: { project_id: projectId, account_id: accountId }, query, access }) {
    if (projectId !== undefined) await getProject(ctx.db, accountId, projectId)
    const ids = both(projectId ?? query.project_id, query.project_id__in)
    const page = await listProjects(
      ctx.db,
      access,
      {
        ids: intersection(ids, both(query.pk, query.pk__in)),
        hasRepository: true,
        gitUrl: query.remote_url,
        state: stateNumber(query.state),
      },
      { limit: query.limit, offset: query.offset, ordering: query.order_by },
    )
    return replyWithPage({ items: page.rows.map(present[version]), total: page.total, query, access })
  },
})

const body = z.object({
  id: bodyId(),
  project_id: bodyId(),
  state: bodyState(),
  remote_url: z
    .string({ error: 'Expected the address of a git repository.' })
    .max(2_000)
    .superRefine((url, context) => {
      const problem = gitUrlProblem(url)
      if (problem !== undefined) context.addIssue({ code: 'custom', message: `Expected ${problem}.` })
    })
    .nullish(),
})

export const createRepository = operation({
  operationId: 'Create Repository',
  method: 'post',
  path,
  permission: 'projects:write',
  params: listParams,
  query: none,
  body,
  async handler(ctx, { params: { account_id: accountId, project_id: projectId }, body }) {
    requireFields(body, ['remote_url'])
    assertSame('project_id', body.project_id, projectId)
    await updateProject(ctx, { accountId, projectId }, (project) => {
      const url = keptGitUrl(body.remote_url, project.git_url)
      if (project.git_url !== null && project.git_url !== url) throw alreadyThere(project.id)
      return { ...settingsOf(project), path: null, git_url: url }
    })
    return created(presentSpacedRepository(await findWithRepository(ctx, accountId, projectId)))
  },
})

/** v2 knows it by its id alone; v3 by that of its project, too. */
export const retrieveRepository = operation({
  operationId: 'Retrieve Repository',
  method: 'get',
  path: [`${v2}repositories/:repository_id/`, `${path}:repository_id/`],
  permission: 'projects:read',
  params: params.partial({ project_id: true }),
  query: none,
  body: none,
  async handler(ctx, { version, params, access }) {
    const { project_id = params.repository_id } = params
    const project = await repositoryOfPath(ctx, { ...params, project_id })
    access.assertProject(project.id)
    return ok(present[version](project))
  },
})

export const updateRepository = operation({
  operationId: 'Update Repository',
  method: 'post',
  path: `${path}:repository_id/`,
  permission: 'projects:write',
  params,
  query: none,
  body,
  async handler(ctx, { params, body }) {
    const before = await repositoryOfPath(ctx, params)
    assertSame('id', body.id, before.id)
    assertSame('project_id', body.project_id, before.id)
    if (body.state === deletedState) return await destroyed(ctx, before)
    const { remote_url: url } = body
    const key = { accountId: params.account_id, projectId: before.id }
    await updateProject(ctx, key, (project) => ({
      ...settingsOf(project),
      git_url: url ? keptGitUrl(url, project.git_url) : project.git_url,
    }))
    return ok(presentSpacedRepository(await repositoryOfPath(ctx, params)))
  },
})

export const destroyRepository = operation({
  operationId: 'Destroy Repository',
  method: 'delete',
  path: `${path}:repository_id/`,
  permission: 'projects:write',
  params,
  query: none,
  body: none,
  handler: async (ctx, { params }) => await destroyed(ctx, await repositoryOfPath(ctx, params)),
})

async function destroyed(ctx: ApiContext, project: ProjectRecord) {
  const key = { accountId: project.account_id, projectId: project.id }
  await updateProject(ctx, key, (row) => ({ ...settingsOf(row), git_url: null, git_branch: null }))
  return ok(presentSpacedRepository({ ...project, state: deletedState }))
}

async function repositoryOfPath(ctx: ApiContext, path: z.infer<typeof params>): Promise<ProjectRecord> {
  if (path.repository_id !== path.project_id) {
    throw new NotFoundError(`Project ${path.project_id} has no repository ${path.repository_id}.`)
  }
  return await findWithRepository(ctx, path.account_id, path.project_id)
}

async function findWithRepository(ctx: ApiContext, accountId: number, id: number): Promise<ProjectRecord> {
  const project = await getProject(ctx.db, accountId, id)
  if (project.git_url === null) throw new NotFoundError(`There is no repository ${id}.`)
  return project
}

function alreadyThere(projectId: number): InvalidRequestError {
  const message = `Expected a project without a repository: ${projectId} has one, which can be changed.`
  return new InvalidRequestError(message, { fields: { project_id: message } })
}

function intersection(
  first: readonly number[] | undefined,
  second: readonly number[] | undefined,
): readonly number[] | undefined {
  if (first === undefined || second === undefined) return first ?? second
  return first.filter((id) => second.includes(id))
}
