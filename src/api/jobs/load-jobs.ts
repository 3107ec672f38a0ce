import { findEnvironmentsByIds } from '../../definitions/environments/environment-queries.ts'
import type { JobRecord } from '../../definitions/jobs/job-queries.ts'
import { findProjectsByIds } from '../../definitions/projects/project-queries.ts'
import { findVariablesOfJobs } from '../../definitions/variables/variable-queries.ts'
import { findMostRecentRuns, findRunsByIds } from '../../runs/run-queries.ts'
import type { ApiContext } from '../api-context.ts'
import { presentEnvironment } from '../presenters/present-environment.ts'
import { presentJob } from '../presenters/present-job.ts'
import { presentStratusOfJob } from '../presenters/present-stratus.ts'
import { presentVariable } from '../presenters/present-variable.ts'
import { loadRuns } from '../runs/load-runs.ts'
import type { components } from '../wire/v2.generated.ts'

export const jobIncludes = [
  'environment',
  'custom_environment_variables',
  'most_recent_run',
  'most_recent_completed_run',
  'stratus',
] as const
export type JobIncludes = ReadonlySet<(typeof jobIncludes)[number]>

type Schemas = components['schemas']

/** Jobs with what is included, by one query for each kind of it. */
export async function loadJobs(
  ctx: ApiContext,
  jobs: readonly JobRecord[],
  include: JobIncludes,
): Promise<Schemas['Job'][]> {
  const [environmentOf, variablesOf, recentRunsOf] = await Promise.all([
    include.has('environment') ? loadEnvironments(ctx, jobs) : new Map<number, Schemas['Environment']>(),
    include.has('custom_environment_variables') ? describeVariables(ctx, jobs) : undefined,
    describeRecentRuns(ctx, jobs, include),
  ])
  const now = new Date()
  return jobs.map((job) => {
    const related = {
      environment: environmentOf.get(job.environment_id),
      customEnvironmentVariables: variablesOf && (variablesOf.get(job.id) ?? []),
      ...recentRunsOf.get(job.id),
    }
    const presented = presentJob(job, related, now)
    return include.has('stratus') ? { ...presented, stratus: presentStratusOfJob(job) } : presented
  })
}

/** A job's own variables; what it inherits is told by `environment-variables/job/`. */
async function describeVariables(
  ctx: ApiContext,
  jobs: readonly JobRecord[],
): Promise<Map<number, Schemas['EnvironmentVariable'][]>> {
  const variables = await findVariablesOfJobs(
    ctx.db,
    jobs.map((job) => job.id),
  )
  return new Map(
    jobs.map((job) => [
      job.id,
      variables.filter((variable) => variable.job_id === job.id).map((variable) => presentVariable(variable)),
    ]),
  )
}

async function loadEnvironments(
  ctx: ApiContext,
  jobs: readonly JobRecord[],
): Promise<Map<number, Schemas['Environment']>> {
  const [environments, projects] = await Promise.all([
    findEnvironmentsByIds(ctx.db, [...new Set(jobs.map((job) => job.environment_id))]),
    findProjectsByIds(ctx.db, [...new Set(jobs.map((job) => job.project_id))]),
  ])
  const projectOf = new Map(projects.map((project) => [project.id, project]))
  return new Map(
    environments.flatMap((environment) => {
      const project = projectOf.get(environment.project_id)
      return project === undefined ? [] : [[environment.id, presentEnvironment(environment, project)]]
    }),
  )
}

interface RecentRuns {
  readonly mostRecentRun: Schemas['Run'] | undefined
  readonly mostRecentCompletedRun: Schemas['Run'] | undefined
}

async function describeRecentRuns(
  ctx: ApiContext,
  jobs: readonly JobRecord[],
  include: JobIncludes,
): Promise<Map<number, RecentRuns>> {
  const wantsLatest = include.has('most_recent_run')
  const wantsEnded = include.has('most_recent_completed_run')
  if (!wantsLatest && !wantsEnded) return new Map()
  const recent = await findMostRecentRuns(
    ctx.db,
    jobs.map((job) => job.id),
  )
  const ids = recent.flatMap(({ latest, latestEnded }) => [
    ...(wantsLatest ? [latest] : []),
    ...(wantsEnded && latestEnded !== null ? [latestEnded] : []),
  ])
  const runs = await loadRuns(ctx, await findRunsByIds(ctx.db, ids), new Set())
  const runOf = new Map(runs.map((run) => [run.id, run]))
  return new Map(
    recent.map(({ job_id, latest, latestEnded }) => [
      job_id,
      {
        mostRecentRun: wantsLatest ? runOf.get(latest) : undefined,
        mostRecentCompletedRun: wantsEnded && latestEnded !== null ? runOf.get(latestEnded) : undefined,
      },
    ]),
  )
}
