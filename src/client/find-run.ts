import { InvalidRequestError, NotFoundError } from '../domain/errors.ts'
import { statusCodes } from '../domain/runs/run-status.ts'
import type { ApiClient } from './api-client.ts'
import { findJob } from './find-job.ts'
import { idIn } from './find-named.ts'
import { listRuns } from './run-api.ts'

/** A run by its id; the name of a job means its last run. */
export async function findRunId(client: ApiClient, idOrJob: string): Promise<number> {
  const id = idIn(idOrJob)
  if (id !== undefined) return id
  const job = await findJob(client, idOrJob)
  const [last] = await listRuns(client, { job_definition_id: job.id }, 1)
  if (last === undefined) throw new NotFoundError(`Job ${job.name} has not run yet: stratus run ${job.id}`)
  return last.id
}

const active = [statusCodes.queued, statusCodes.starting, statusCodes.running]

/** A run by its id; the name of a job means the only one of its runs that has not ended. */
export async function findActiveRunId(client: ApiClient, idOrJob: string): Promise<number> {
  const id = idIn(idOrJob)
  if (id !== undefined) return id
  const job = await findJob(client, idOrJob)
  const runs = await listRuns(client, { job_definition_id: job.id, statuses: active }, 20)
  const [only] = runs
  if (only === undefined) throw new NotFoundError(`No run of job ${job.name} is queued or running.`)
  if (runs.length === 1) return only.id
  const lines = runs.map((run) => `  ${run.id}  ${run.status_humanized}`).join('\n')
  throw new InvalidRequestError(`${runs.length} runs of job ${job.name} have not ended. Give the id of one:\n${lines}`)
}
