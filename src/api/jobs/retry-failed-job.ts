import * as z from 'zod'
import { rerunJob } from '../../runs/rerun-job.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { assertMayRepeat } from '../runs/assert-may-override.ts'
import { presentQueuedRun } from '../runs/load-runs.ts'

export const retryFailedJob = operation({
  operationId: 'Retry Failed Job',
  method: 'post',
  path: '/api/v2/accounts/:account_id/jobs/:job_id/rerun/',
  permission: 'runs:trigger',
  fieldPermission: 'runs:override',
  audited: 'by-use-case',
  params: z.object({ account_id: pathId, job_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { params, token, actor, asked }) {
    const run = await rerunJob(ctx, {
      accountId: params.account_id,
      jobId: params.job_id,
      actor,
      asked,
      assertMayRepeat: (failed) => assertMayRepeat(ctx, token, failed),
    })
    return ok(presentQueuedRun(ctx, run))
  },
})
