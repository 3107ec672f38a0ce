import * as z from 'zod'
import { listProjects as findProjects } from '../../definitions/projects/project-queries.ts'
import { inBoth } from '../http/account-paths.ts'
import { none, operation } from '../http/operation.ts'
import { replyWithPage } from '../http/replies/reply-with-page.ts'
import { both, orderBy, paging, pathId, state, stateNumber } from '../inputs/list-query.ts'
import { includeRelated, queryInt, queryInts, queryText } from '../inputs/query-fields.ts'
import { loadProjects, projectIncludes } from './load-projects.ts'

export const listProjects = operation({
  operationId: 'List Projects',
  method: 'get',
  path: inBoth('projects/'),
  permission: 'projects:read',
  params: z.object({ account_id: pathId }),
  query: z.object({
    ...paging,
    state,
    order_by: orderBy(['id', 'name', 'created_at', 'updated_at']),
    include_related: includeRelated(projectIncludes),
    name__icontains: queryText(),
    pk: queryInt(),
    pk__in: queryInts(),
    pk__gt: queryInt(),
  }),
  body: none,
  async handler(ctx, { access, query }) {
    const page = await findProjects(
      ctx.db,
      access,
      {
        ids: both(query.pk, query.pk__in),
        idAfter: query.pk__gt,
        nameContains: query.name__icontains,
        state: stateNumber(query.state),
      },
      { limit: query.limit, offset: query.offset, ordering: query.order_by },
    )
    const items = await loadProjects(ctx, page.rows, query.include_related)
    return replyWithPage({ items, total: page.total, query, access })
  },
})
