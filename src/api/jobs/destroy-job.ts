import * as z from 'zod'
import { deleteJob } from '../../definitions/jobs/delete-job.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { loadJobs } from './load-jobs.ts'

export const destroyJob = operation({
  operationId: 'Destroy Job',
  method: 'delete',
  path: '/api/v2/accounts/:account_id/jobs/:job_id/',
  permission: 'jobs:write',
  params: z.object({ account_id: pathId, job_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { params }) {
    const job = await deleteJob(ctx, { accountId: params.account_id, jobId: params.job_id })
    const [described] = await loadJobs(ctx, [job], new Set())
    return ok(described)
  },
})
