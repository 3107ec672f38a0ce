import type { Tx } from '../../db/database.ts'
import { isInScope } from '../../db/list-queries.ts'
import type { JobRow } from '../../db/schema/jobs.ts'
import { completionLoop } from '../../domain/completion-loop.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import type { JobSettings } from '../../domain/job.ts'
import { activeState } from '../../domain/state.ts'

export interface Referring {
  readonly accountId: number
  readonly projectId: number
  readonly environmentId: number
  /** It is undefined for a job that has no id yet. */
  readonly jobId: number | undefined
  readonly settings: JobSettings
  /** Things in other projects are not there for whoever asks; null means that all projects are theirs. */
  readonly visibleProjects: readonly number[] | null
  /** References that the job has already may stay, also when their target was deleted meanwhile. */
  readonly before: JobRow | undefined
}

/** Throws one InvalidRequestError that names every reference to what is not there. */
export async function assertJobReferences(tx: Tx, job: Referring): Promise<void> {
  const fields: Record<string, string> = {}
  const { settings, before } = job
  if (job.environmentId !== before?.environment_id && !(await isEnvironmentOfProject(tx, job))) {
    fields.environment_id = `Expected the id of an environment of project ${job.projectId}. Got ${job.environmentId}.`
  }
  const deferringJob = settings.deferring_job_definition_id
  if (deferringJob !== (before?.deferring_job_definition_id ?? null) && deferringJob !== job.jobId) {
    const found = deferringJob === null || (await findActiveJob(tx, job, deferringJob))
    if (!found) fields.deferring_job_definition_id = `Expected the id of a job of this account. Got ${deferringJob}.`
  }
  const deferringEnvironment = settings.deferring_environment_id
  if (deferringEnvironment !== null && deferringEnvironment !== before?.deferring_environment_id) {
    const found = await findActiveEnvironment(tx, job, deferringEnvironment)
    if (!found) {
      fields.deferring_environment_id = `Expected the id of an environment of this account. Got ${deferringEnvironment}.`
    }
  }
  Object.assign(fields, await completionProblems(tx, job))
  if (Object.keys(fields).length > 0) throw new InvalidRequestError(Object.values(fields).join(' '), { fields })
}

const awaitedField = 'job_completion_trigger_condition.condition'

async function completionProblems(tx: Tx, job: Referring): Promise<Record<string, string>> {
  const { jobId, settings, before } = job
  const condition = settings.job_completion_trigger?.condition
  const known = before?.job_completion_trigger?.condition
  if (condition === undefined) return {}
  if (condition.job_id === known?.job_id && condition.project_id === known.project_id) return {}
  if (condition.job_id === jobId) {
    return { [`${awaitedField}.job_id`]: `Expected another job than this one. Got ${jobId}.` }
  }
  const awaited = await findActiveJob(tx, job, condition.job_id)
  if (awaited === undefined) {
    return { [`${awaitedField}.job_id`]: `Expected the id of a job of this account. Got ${condition.job_id}.` }
  }
  if (awaited.project_id === condition.project_id) return await loopProblems(tx, job)
  return {
    [`${awaitedField}.project_id`]: `Expected ${awaited.project_id}, the project of job ${condition.job_id}. Got ${condition.project_id}.`,
  }
}

/** A job that is new yet is awaited by none. */
async function loopProblems(tx: Tx, { accountId, jobId, settings }: Referring): Promise<Record<string, string>> {
  const awaited = settings.job_completion_trigger?.condition.job_id
  if (jobId === undefined || awaited === undefined) return {}
  const jobs = await tx
    .selectFrom('jobs')
    .select(['id', 'job_completion_trigger'])
    .where('account_id', '=', accountId)
    .where('state', '=', activeState)
    .where('job_completion_trigger', 'is not', null)
    .execute()
  const awaitedBy = new Map(jobs.map((job) => [job.id, job.job_completion_trigger?.condition.job_id]))
  const loop = completionLoop(jobId, (id) => (id === jobId ? awaited : awaitedBy.get(id)))
  if (loop === undefined) return {}
  return {
    [`${awaitedField}.job_id`]: `Expected a job that does not itself wait for this one. Got ${awaited}: ${loop}.`,
  }
}

async function isEnvironmentOfProject(tx: Tx, { accountId, projectId, environmentId }: Referring): Promise<boolean> {
  const environment = await findActiveEnvironment(tx, { accountId, visibleProjects: [projectId] }, environmentId)
  return environment !== undefined
}

type Seen = Pick<Referring, 'accountId' | 'visibleProjects'>

async function findActiveEnvironment(tx: Tx, { accountId, visibleProjects: projectIds }: Seen, id: number) {
  return await tx
    .selectFrom('environments')
    .select('project_id')
    .where('id', '=', id)
    .where(isInScope('environments', 'project_id', { accountId, projectIds }))
    .where('state', '=', activeState)
    .executeTakeFirst()
}

async function findActiveJob(tx: Tx, { accountId, visibleProjects: projectIds }: Seen, id: number) {
  return await tx
    .selectFrom('jobs')
    .select('project_id')
    .where('id', '=', id)
    .where(isInScope('jobs', 'project_id', { accountId, projectIds }))
    .where('state', '=', activeState)
    .executeTakeFirst()
}
