import * as z from 'zod'
import { createJob as create } from '../../definitions/jobs/create-job.ts'
import { deleteJob } from '../../definitions/jobs/delete-job.ts'
import { findProjectOfJob } from '../../definitions/jobs/job-queries.ts'
import { findProject } from '../../definitions/projects/project-queries.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { deletedState } from '../../domain/state.ts'
import { accessOf } from '../http/access.ts'
import { none, operation } from '../http/operation.ts'
import { created } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { requireFields } from '../inputs/required-fields.ts'
import { jobBody } from './job-body.ts'
import { newJobOf } from './job-of-body.ts'
import { loadJobs } from './load-jobs.ts'

export const createJob = operation({
  operationId: 'Create Job',
  method: 'post',
  path: '/api/v2/accounts/:account_id/jobs/',
  permission: 'jobs:write',
  params: z.object({ account_id: pathId }),
  query: none,
  body: jobBody,
  async handler(ctx, { params, body, access }) {
    requireFields(body, ['project_id', 'environment_id', 'name'])
    const accountId = params.account_id
    const project = await findProject(ctx.db, accountId, body.project_id)
    if (project === undefined) {
      const message = `Expected the id of a project of this account. Got ${body.project_id}.`
      throw new InvalidRequestError(message, { fields: { project_id: message } })
    }
    access.assertProject(project.id)
    const awaited = body.job_completion_trigger_condition?.condition.job_id
    const awaitedProject = awaited === undefined ? undefined : await findProjectOfJob(ctx.db, accountId, awaited)
    const { settings, givenType } = newJobOf(body, body.name, awaitedProject)
    const job = await create(ctx, {
      accountId,
      projectId: project.id,
      environmentId: body.environment_id,
      id: body.stratus?.id ?? undefined,
      settings,
      givenType,
      visibleProjects: accessOf(access.caller, 'jobs:read').projectIds,
    })
    // Terraform's provider makes an inactive job so.
    const made = body.state === deletedState ? await deleteJob(ctx, { accountId, jobId: job.id }) : job
    const [described] = await loadJobs(ctx, [made], new Set())
    return created(described)
  },
})
