import * as z from 'zod'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { includeRelated } from '../inputs/query-fields.ts'
import { findRunOrThrow } from './find-run-or-throw.ts'
import { loadRun, runIncludes } from './load-runs.ts'

export const retrieveRun = operation({
  operationId: 'Retrieve Run',
  method: 'get',
  path: '/api/v2/accounts/:account_id/runs/:run_id/',
  permission: 'runs:read',
  params: z.object({ account_id: pathId, run_id: pathId }),
  query: z.object({ include_related: includeRelated(runIncludes) }),
  body: none,
  async handler(ctx, { params, query, request }) {
    const found = await findRunOrThrow(ctx, params)
    const run = await ctx.heldPolls.untilEnded(request, found, () => findRunOrThrow(ctx, params))
    return ok(await loadRun(ctx, run, query.include_related))
  },
})
