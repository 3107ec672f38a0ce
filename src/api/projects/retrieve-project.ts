import * as z from 'zod'
import { getProject } from '../../definitions/projects/project-queries.ts'
import { inBoth } from '../http/account-paths.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { includeRelated } from '../inputs/query-fields.ts'
import { loadProjects, projectIncludes } from './load-projects.ts'

export const retrieveProject = operation({
  operationId: 'Retrieve Project',
  method: 'get',
  path: inBoth('projects/:project_id/'),
  permission: 'projects:read',
  params: z.object({ account_id: pathId, project_id: pathId }),
  query: z.object({ include_related: includeRelated(projectIncludes) }),
  body: none,
  async handler(ctx, { params, query }) {
    const project = await getProject(ctx.db, params.account_id, params.project_id)
    const [described] = await loadProjects(ctx, [project], query.include_related)
    return ok(described)
  },
})
