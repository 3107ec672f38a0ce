import { findEnvironmentsByIds } from '../../definitions/environments/environment-queries.ts'
import { findJobsByIds } from '../../definitions/jobs/job-queries.ts'
import { findProjectsByIds } from '../../definitions/projects/project-queries.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { blockersOf } from '../../queue/blocked-by.ts'
import type { QueuedRun } from '../../queue/insert-run.ts'
import { type Retryability, retryabilityOf } from '../../runs/retryability.ts'
import { readStepsWithLogs, type StepWithLogs } from '../../runs/run-log.ts'
import { findRetriesOf, type RunRecord } from '../../runs/run-queries.ts'
import { findSteps } from '../../runs/step-queries.ts'
import type { ApiContext } from '../api-context.ts'
import { presentEnvironment } from '../presenters/present-environment.ts'
import { presentRunJob } from '../presenters/present-job.ts'
import { presentSpacedRepository } from '../presenters/present-repository.ts'
import { presentRun, type RunRelated } from '../presenters/runs/present-run.ts'
import { presentRunAudit, presentRunRetry } from '../presenters/runs/present-run-related.ts'
import { presentStep } from '../presenters/runs/present-step.ts'
import { presentTrigger } from '../presenters/runs/present-trigger.ts'
import type { components } from '../wire/v2.generated.ts'

export const runIncludes = [
  'trigger',
  'job',
  'environment',
  'repository',
  'run_steps',
  'debug_logs',
  'run_retries',
  'used_repo_cache',
  'repo_cache_restore',
  'audit',
] as const
export type RunIncludes = ReadonlySet<(typeof runIncludes)[number]>

type Run = components['schemas']['Run']

/** One run, its steps with their logs when asked for. */
export async function loadRun(ctx: ApiContext, run: RunRecord, include: RunIncludes): Promise<Run> {
  const debug = include.has('debug_logs')
  const steps = debug || include.has('run_steps') ? await readStepsWithLogs(ctx, run.id, { debug }) : []
  const [described] = await describe(ctx, [run], include, steps)
  if (described === undefined) throw new NotFoundError(`There is no run ${run.id}.`)
  return described
}

/** A run that was queued just now, with its job and its trigger: it brings all that is told of it. */
export function presentQueuedRun(ctx: ApiContext, run: QueuedRun): Run {
  return presentRun(run, {
    related: { trigger: presentTrigger(run), job: presentRunJob(run.job), steps: [] },
    retryability: notRetryable,
    blockedBy: run.blocked_by,
    publicUrl: ctx.publicUrl(),
    now: new Date(),
  })
}

/** Runs of a list, with one query per kind of what is included. Their steps come without logs, which have no bound together. */
export async function loadRuns(ctx: ApiContext, runs: readonly RunRecord[], include: RunIncludes): Promise<Run[]> {
  const wantsSteps = runs.length > 0 && (include.has('run_steps') || include.has('debug_logs'))
  const steps = wantsSteps ? await findSteps(ctx.db, idsOf(runs, 'id')) : []
  return describe(
    ctx,
    runs,
    include,
    steps.map((step) => ({ step, consoleLog: '', debugLog: '' })),
  )
}

async function describe(
  ctx: ApiContext,
  runs: readonly RunRecord[],
  include: RunIncludes,
  steps: readonly StepWithLogs[],
): Promise<Run[]> {
  const wantsProjects = include.has('environment') || include.has('repository')
  const [retryability, blockers, jobs, environments, projects, retries] = await Promise.all([
    retryabilityOf(ctx.db, runs),
    blockersOf(ctx.db, runs),
    include.has('job') ? findJobsByIds(ctx.db, idsOf(runs, 'job_id')) : [],
    include.has('environment') ? findEnvironmentsByIds(ctx.db, idsOf(runs, 'environment_id')) : [],
    wantsProjects ? findProjectsByIds(ctx.db, idsOf(runs, 'project_id')) : [],
    include.has('run_retries') ? findRetriesOf(ctx.db, idsOf(runs, 'id')) : [],
  ])
  const jobOf = byId(jobs)
  const environmentOf = byId(environments)
  const projectOf = byId(projects)
  const publicUrl = ctx.publicUrl()
  const now = new Date()
  return runs.map((run) => {
    const job = jobOf.get(run.job_id)
    const environment = environmentOf.get(run.environment_id)
    const project = projectOf.get(run.project_id)
    const related: RunRelated = {
      trigger: include.has('trigger') ? presentTrigger(run) : undefined,
      job: job && presentRunJob(job),
      environment: environment && project && presentEnvironment(environment, project),
      repository: include.has('repository') && project ? presentSpacedRepository(project) : undefined,
      steps: steps.filter(({ step }) => step.run_id === run.id).map((step) => presentStep(step, run.account_id)),
      retries: include.has('run_retries')
        ? retries.filter((retry) => retry.retrying_run_id === run.id).map((retry) => presentRunRetry(retry, publicUrl))
        : undefined,
      audit: include.has('audit') ? presentRunAudit(run) : undefined,
      repoCache: {
        ...(include.has('used_repo_cache') && { used: true }),
        ...(include.has('repo_cache_restore') && { restore: true }),
      },
    }
    return presentRun(run, {
      related,
      retryability: retryability.get(run.id) ?? notRetryable,
      blockedBy: blockers.get(run.id) ?? [],
      publicUrl,
      now,
    })
  })
}

const notRetryable: Retryability = { canRetry: false, reason: 'RETRY_NOT_FAILED_RUN' }

function idsOf(runs: readonly RunRecord[], column: 'id' | 'job_id' | 'environment_id' | 'project_id'): number[] {
  return [...new Set(runs.map((run) => run[column]))]
}

function byId<T extends { readonly id: number }>(rows: readonly T[]): Map<number, T> {
  return new Map(rows.map((row) => [row.id, row]))
}
