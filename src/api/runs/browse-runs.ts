import * as z from 'zod'
import { browseRuns as browse } from '../../runs/browse/browse-runs.ts'
import { countRuns } from '../../runs/browse/count-runs.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { queryInt } from '../inputs/query-fields.ts'
import { filtersOf, runFilters } from '../inputs/run-filters.ts'
import type { components } from '../wire/stratus.generated.ts'
import { loadRunSummaries } from './load-run-summaries.ts'

const mostAtOnce = 100

export const browseRuns = operation({
  operationId: 'Browse Runs',
  method: 'get',
  path: '/api/stratus/v1/accounts/:account_id/runs/',
  permission: 'runs:read',
  params: z.object({ account_id: pathId }),
  query: z.object({ ...runFilters, before: queryInt(1), limit: queryInt(1, mostAtOnce) }),
  body: none,
  async handler(ctx, { access, query }) {
    const paging = { before: query.before, limit: query.limit ?? mostAtOnce }
    const { runs, nextBefore } = await browse(ctx.db, access, filtersOf(query), paging)
    const page: components['schemas']['RunPage'] = {
      runs: await loadRunSummaries(ctx, access.accountId, runs),
      next_before: nextBefore,
    }
    return ok(page)
  },
})

export const countRunsByStatus = operation({
  operationId: 'Count Runs',
  method: 'get',
  path: '/api/stratus/v1/accounts/:account_id/runs/counts/',
  permission: 'runs:read',
  params: z.object({ account_id: pathId }),
  query: z.object(runFilters),
  body: none,
  async handler(ctx, { access, query }) {
    const { byStatus, withWarnings, isExact } = await countRuns(ctx.db, access, filtersOf(query))
    const counts: components['schemas']['RunCounts'] = {
      by_status: byStatus,
      with_warnings: withWarnings,
      exact: isExact,
    }
    return ok(counts)
  },
})
