import * as z from 'zod'
import { runStatuses, statusCodes } from '../../domain/runs/run-status.ts'
import { listRuns as findRuns } from '../../runs/run-queries.ts'
import { none, operation } from '../http/operation.ts'
import { replyWithPage } from '../http/replies/reply-with-page.ts'
import { anyState, both, orderBy, paging, pathId } from '../inputs/list-query.ts'
import {
  includeRelated,
  queryBoolean,
  queryInt,
  queryInts,
  queryManyOf,
  queryOneOf,
  queryRange,
  queryText,
  queryTexts,
} from '../inputs/query-fields.ts'
import { dbtVersionOf } from '../presenters/present-environment.ts'
import { loadRuns, runIncludes } from './load-runs.ts'

const codes = new Map(runStatuses.map((status) => [String(statusCodes[status]), statusCodes[status]]))

export const listRuns = operation({
  operationId: 'List Runs',
  method: 'get',
  path: '/api/v2/accounts/:account_id/runs/',
  permission: 'runs:read',
  params: z.object({ account_id: pathId }),
  query: z.object({
    ...paging,
    order_by: orderBy(['id', 'created_at', 'finished_at', 'started_at', 'updated_at', 'status']),
    include_related: includeRelated(runIncludes),
    pk: queryInt(),
    pk__in: queryInts(),
    id__gt: queryInt(),
    // Runs are never deleted, and none defers to another run yet.
    state: anyState,
    deferring_run_id: queryInt(),
    job_definition_id: queryInt(),
    environment_id: queryInt(),
    project_id: queryInt(),
    project_id__in: queryInts(),
    status: queryOneOf(codes),
    status__in: queryManyOf(codes),
    dbt_version: queryText(),
    dbt_version__in: queryTexts(),
    has_docs_generated: queryBoolean(),
    has_sources_generated: queryBoolean(),
    created_at__range: queryRange(),
    finished_at__range: queryRange(),
  }),
  body: none,
  async handler(ctx, { access, query }) {
    const statuses = both(query.status, query.status__in)
    const matchesNone = query.state === 'deleted' || query.deferring_run_id !== undefined
    const page = await findRuns(
      ctx.db,
      access,
      {
        ids: matchesNone ? [] : both(query.pk, query.pk__in),
        idAfter: query.id__gt,
        jobId: query.job_definition_id,
        environmentId: query.environment_id,
        projectIds: both(query.project_id, query.project_id__in),
        statuses: statuses && runStatuses.filter((status) => statuses.includes(statusCodes[status])),
        dbtVersions: both(query.dbt_version, query.dbt_version__in)?.map(dbtVersionOf),
        hasDocsGenerated: query.has_docs_generated,
        hasSourcesGenerated: query.has_sources_generated,
        created: query.created_at__range,
        finished: query.finished_at__range,
      },
      { limit: query.limit, offset: query.offset, ordering: query.order_by },
    )
    const items = await loadRuns(ctx, page.rows, query.include_related)
    return replyWithPage({ items, total: page.total, query, access })
  },
})
