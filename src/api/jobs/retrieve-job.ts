import * as z from 'zod'
import { findJob } from '../../definitions/jobs/job-queries.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { includeRelated } from '../inputs/query-fields.ts'
import { jobIncludes, loadJobs } from './load-jobs.ts'

export const retrieveJob = operation({
  operationId: 'Retrieve Job',
  method: 'get',
  path: '/api/v2/accounts/:account_id/jobs/:job_id/',
  permission: 'jobs:read',
  params: z.object({ account_id: pathId, job_id: pathId }),
  query: z.object({ include_related: includeRelated(jobIncludes) }),
  body: none,
  async handler(ctx, { params, query }) {
    const job = await findJob(ctx.db, params.account_id, params.job_id)
    if (job === undefined) throw new NotFoundError(`There is no job ${params.job_id} in account ${params.account_id}.`)
    const [described] = await loadJobs(ctx, [job], query.include_related)
    return ok(described)
  },
})
