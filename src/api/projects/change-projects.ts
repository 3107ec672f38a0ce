import * as z from 'zod'
import { createProject as create } from '../../definitions/projects/create-project.ts'
import { findProjectsByIds, getProject } from '../../definitions/projects/project-queries.ts'
import { deleteProject, updateProject as update } from '../../definitions/projects/update-project.ts'
import { ForbiddenError } from '../../domain/errors.ts'
import { deletedState } from '../../domain/state.ts'
import type { ApiContext } from '../api-context.ts'
import type { Access } from '../http/access.ts'
import { inBoth } from '../http/account-paths.ts'
import { none, operation } from '../http/operation.ts'
import { created, ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { includeRelated } from '../inputs/query-fields.ts'
import { assertSame, requireFields } from '../inputs/required-fields.ts'
import { loadProjects, type ProjectIncludes, projectIncludes } from './load-projects.ts'
import { projectBody } from './project-body.ts'
import { changedProjectOf, newProjectOf } from './project-of-body.ts'

const params = z.object({ account_id: pathId, project_id: pathId })
const query = z.object({ include_related: includeRelated(projectIncludes) })

export const createProject = operation({
  operationId: 'Create Project',
  method: 'post',
  path: inBoth('projects/'),
  permission: 'projects:write',
  params: z.object({ account_id: pathId }),
  query,
  body: projectBody,
  async handler(ctx, { params, query, body, access }) {
    assertAllProjects(access)
    requireFields(body, ['name'])
    const project = await create(ctx, {
      accountId: params.account_id,
      id: body.stratus?.id ?? undefined,
      settings: newProjectOf(body, body.name),
    })
    return created(await describe(ctx, project.id, query.include_related))
  },
})

export const updateProject = operation({
  operationId: 'Update Project',
  method: 'post',
  path: inBoth('projects/:project_id/'),
  permission: 'projects:write',
  params,
  query,
  body: projectBody,
  async handler(ctx, { params: { account_id: accountId, project_id: projectId }, query, body }) {
    assertSame('id', body.id, projectId)
    assertSame('stratus.id', body.stratus?.id ?? undefined, projectId)
    const shown = await getProject(ctx.db, accountId, projectId)
    if (body.state === deletedState) await deleteProject(ctx, { accountId, projectId })
    else {
      await update(ctx, { accountId, projectId }, (project) => changedProjectOf(body, { ...shown, ...project }))
    }
    return ok(await describe(ctx, projectId, query.include_related))
  },
})

export const destroyProject = operation({
  operationId: 'Destroy Project',
  method: 'delete',
  path: inBoth('projects/:project_id/'),
  permission: 'projects:write',
  params,
  query: none,
  body: none,
  async handler(ctx, { params: { account_id: accountId, project_id: projectId } }) {
    await deleteProject(ctx, { accountId, projectId })
    return ok(await describe(ctx, projectId, new Set()))
  },
})

/** An answer shows the project as it is now, even when the request deleted it. */
async function describe(ctx: ApiContext, id: number, include: ProjectIncludes) {
  const [described] = await loadProjects(ctx, await findProjectsByIds(ctx.db, [id]), include)
  return described
}

/** A token for some projects cannot make one that it would not see. */
function assertAllProjects(access: Access): void {
  if (access.projectIds === null) return
  throw new ForbiddenError('Forbidden: Access denied. New projects need a token with projects:write for all projects.')
}
