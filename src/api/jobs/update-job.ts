import * as z from 'zod'
import { deleteJob } from '../../definitions/jobs/delete-job.ts'
import { findProjectOfJob } from '../../definitions/jobs/job-queries.ts'
import { updateJob as update } from '../../definitions/jobs/update-job.ts'
import { deletedState } from '../../domain/state.ts'
import { accessOf } from '../http/access.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { assertSame } from '../inputs/required-fields.ts'
import { jobBody } from './job-body.ts'
import { changedJobOf } from './job-of-body.ts'
import { loadJobs } from './load-jobs.ts'

/** `state: 2` deletes: that is how Terraform's provider does it. */
export const updateJob = operation({
  operationId: 'Update Job',
  method: 'post',
  path: '/api/v2/accounts/:account_id/jobs/:job_id/',
  permission: 'jobs:write',
  params: z.object({ account_id: pathId, job_id: pathId }),
  query: none,
  body: jobBody,
  async handler(ctx, { params: { account_id: accountId, job_id: jobId }, body, access }) {
    assertSame('id', body.id, jobId)
    const awaited = body.job_completion_trigger_condition?.condition.job_id
    const awaitedProject = awaited === undefined ? undefined : await findProjectOfJob(ctx.db, accountId, awaited)
    const visibleProjects = accessOf(access.caller, 'jobs:read').projectIds
    const job =
      body.state === deletedState
        ? await deleteJob(ctx, { accountId, jobId })
        : await update(ctx, { accountId, jobId, visibleProjects }, (before) => {
            assertSame('project_id', body.project_id, before.project_id, 'No job moves between projects.')
            return changedJobOf(body, before, awaitedProject)
          })
    const [described] = await loadJobs(ctx, [job], new Set())
    return ok(described)
  },
})
