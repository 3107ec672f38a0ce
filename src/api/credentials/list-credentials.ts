import * as z from 'zod'
import { listCredentials as find } from '../../definitions/connections/connection-queries.ts'
import { getProject } from '../../definitions/projects/project-queries.ts'
import { none, operation } from '../http/operation.ts'
import { replyWithPage } from '../http/replies/reply-with-page.ts'
import { both, orderBy, paging, pathId, state, stateNumber } from '../inputs/list-query.ts'
import { queryInt, queryInts } from '../inputs/query-fields.ts'
import { presentCredentials } from '../presenters/present-credentials.ts'

export const listCredentials = operation({
  operationId: 'List Credentials',
  method: 'get',
  path: '/api/v3/accounts/:account_id/projects/:project_id/credentials/',
  permission: 'projects:read',
  params: z.object({ account_id: pathId, project_id: pathId }),
  query: z.object({
    ...paging,
    state,
    order_by: orderBy(['id', 'created_at', 'updated_at']),
    pk: queryInt(),
    pk__in: queryInts(),
  }),
  body: none,
  async handler(ctx, { params: { account_id: accountId, project_id: projectId }, query, access }) {
    await getProject(ctx.db, accountId, projectId)
    const page = await find(
      ctx.db,
      access,
      { ids: both(query.pk, query.pk__in), projectId, state: stateNumber(query.state) },
      { limit: query.limit, offset: query.offset, ordering: query.order_by },
    )
    return replyWithPage({ items: page.rows.map(presentCredentials), total: page.total, query, access })
  },
})
