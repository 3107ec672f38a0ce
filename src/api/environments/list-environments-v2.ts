import * as z from 'zod'
import { listEnvironments as findEnvironments } from '../../definitions/environments/environment-queries.ts'
import { none, operation } from '../http/operation.ts'
import { replyWithPage } from '../http/reply-with-page.ts'
import { both, orderBy, paging, pathId, state, stateNumber } from '../inputs/list-query.ts'
import { includeRelated, queryInt, queryInts, queryText, queryTexts } from '../inputs/query-fields.ts'
import { dbtVersionOf } from '../presenters/present-environment.ts'
import { describeEnvironments, environmentIncludes } from './load-environments.ts'

export const listEnvironments = operation({
  operationId: 'List Environments',
  method: 'get',
  path: '/api/v2/accounts/:account_id/environments/',
  permission: 'projects:read',
  params: z.object({ account_id: pathId }),
  query: z.object({
    ...paging,
    state,
    order_by: orderBy(['id', 'name', 'created_at', 'updated_at', 'project_id']),
    include_related: includeRelated(environmentIncludes),
    pk: queryInt(),
    pk__in: queryInts(),
    project_id: queryInt(),
    project_id__in: queryInts(),
    name: queryText(),
    name__icontains: queryText(),
    dbt_version: queryText(),
    dbt_version__in: queryTexts(),
  }),
  body: none,
  async handler(ctx, { access, query }) {
    const page = await findEnvironments(
      ctx.db,
      access,
      {
        ids: both(query.pk, query.pk__in),
        projectIds: both(query.project_id, query.project_id__in),
        name: query.name,
        nameContains: query.name__icontains,
        dbtVersions: both(query.dbt_version, query.dbt_version__in)?.map(dbtVersionOf),
        state: stateNumber(query.state),
      },
      { limit: query.limit, offset: query.offset, ordering: query.order_by },
    )
    const items = await describeEnvironments(ctx, page.rows, 'v2', query.include_related)
    return replyWithPage({ items, total: page.total, query, access })
  },
})
