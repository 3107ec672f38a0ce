import * as z from 'zod'
import { NotFoundError } from '../../domain/errors.ts'
import { readOverview } from '../../runs/read-overview.ts'
import { retryabilityOfOne } from '../../runs/retryability.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { fitOverview } from '../presenters/runs/fit-overview.ts'
import { presentOverview } from '../presenters/runs/present-overview.ts'
import { findRunOrThrow } from './find-run-or-throw.ts'
import { loadRunSummaries } from './load-run-summaries.ts'

export const retrieveRunOverview = operation({
  operationId: 'Retrieve Run Overview',
  method: 'get',
  path: '/api/stratus/v1/accounts/:account_id/runs/:run_id/overview/',
  permission: 'runs:read',
  params: z.object({ account_id: pathId, run_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { params }) {
    const run = await findRunOrThrow(ctx, params)
    const [[summary], overview, retryability] = await Promise.all([
      loadRunSummaries(ctx, run.account_id, [run]),
      readOverview(ctx.db, run),
      retryabilityOfOne(ctx.db, run),
    ])
    if (summary === undefined) throw new NotFoundError(`There is no run ${run.id} in account ${run.account_id}.`)
    return ok(fitOverview(presentOverview(run, summary, overview, retryability)))
  },
})
