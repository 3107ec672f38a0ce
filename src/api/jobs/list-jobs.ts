import * as z from 'zod'
import { listJobs as findJobs } from '../../definitions/jobs/job-queries.ts'
import { none, operation } from '../http/operation.ts'
import { replyWithPage } from '../http/replies/reply-with-page.ts'
import { both, orderBy, paging, pathId, state, stateNumber } from '../inputs/list-query.ts'
import { includeRelated, queryBoolean, queryInt, queryInts, queryText, queryTexts } from '../inputs/query-fields.ts'
import { jobIncludes, loadJobs } from './load-jobs.ts'

export const listJobs = operation({
  operationId: 'List Jobs',
  method: 'get',
  path: '/api/v2/accounts/:account_id/jobs/',
  permission: 'jobs:read',
  params: z.object({ account_id: pathId }),
  query: z.object({
    ...paging,
    state,
    order_by: orderBy(['id', 'name', 'created_at', 'updated_at', 'project_id', 'environment_id']),
    include_related: includeRelated(jobIncludes),
    pk: queryInt(),
    pk__in: queryInts(),
    project_id: queryInt(),
    project_id__in: queryInts(),
    environment_id: queryInt(),
    name__icontains: queryText(),
    dbt_version__in: queryTexts(),
    triggers_schedule: queryBoolean(),
    is_system: queryBoolean(),
  }),
  body: none,
  async handler(ctx, { access, query }) {
    const page = await findJobs(
      ctx.db,
      access,
      {
        // There are no system jobs.
        ids: query.is_system === true ? [] : both(query.pk, query.pk__in),
        projectIds: both(query.project_id, query.project_id__in),
        environmentId: query.environment_id,
        nameContains: query.name__icontains,
        dbtVersions: query.dbt_version__in,
        triggersSchedule: query.triggers_schedule,
        state: stateNumber(query.state),
      },
      { limit: query.limit, offset: query.offset, ordering: query.order_by },
    )
    const items = await loadJobs(ctx, page.rows, query.include_related)
    return replyWithPage({ items, total: page.total, query, access })
  },
})
