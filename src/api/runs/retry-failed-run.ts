import * as z from 'zod'
import { retryRun } from '../../runs/rerun-job.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { assertMayRepeat } from './assert-may-override.ts'
import { presentQueuedRun } from './load-runs.ts'

export const retryFailedRun = operation({
  operationId: 'Retry Failed Run',
  method: 'post',
  path: '/api/v2/accounts/:account_id/runs/:run_id/retry/',
  permission: 'runs:trigger',
  fieldPermission: 'runs:override',
  audited: 'by-use-case',
  params: z.object({ account_id: pathId, run_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { params, token, actor, asked }) {
    const run = await retryRun(ctx, {
      accountId: params.account_id,
      runId: params.run_id,
      actor,
      asked,
      assertMayRepeat: (failed) => assertMayRepeat(ctx, token, failed),
    })
    return ok(presentQueuedRun(ctx, run))
  },
})
