import type { JobRecord } from '../../definitions/jobs/job-queries.ts'
import { wireOfSettings } from '../../definitions/jobs/job-wire.ts'
import type { JobCompletionTrigger } from '../../domain/job.ts'
import { finalStatusCodes } from '../../domain/runs/run-status.ts'
import type { components } from '../wire/v2.generated.ts'
import { cronHumanized } from './time/cron-humanized.ts'
import { humanFuture } from './time/durations.ts'
import { presentSchedule } from './time/present-schedule.ts'
import { instant, nullable, zuluInstant } from './time/wire-dates.ts'

type Schemas = components['schemas']

export interface JobRelated {
  readonly environment?: Schemas['Environment'] | undefined
  readonly customEnvironmentVariables?: readonly Schemas['EnvironmentVariable'][] | undefined
  readonly mostRecentRun?: Schemas['Run'] | undefined
  readonly mostRecentCompletedRun?: Schemas['Run'] | undefined
}

/** A job as the jobs endpoints have it: schedule objects and `T` dates. */
export function presentJob(job: JobRecord, related: JobRelated, now: Date): Schemas['Job'] {
  const schedule = presentSchedule(job)
  return {
    ...commonFields(job),
    generate_sources: job.run_generate_sources,
    schedule,
    cron_humanized: cronHumanized(schedule.cron, schedule.timezone),
    next_run: nullable(instant, job.next_run_at),
    next_run_humanized: job.next_run_at === null ? null : humanFuture(job.next_run_at, now),
    created_at: instant(job.created_at),
    updated_at: instant(job.updated_at),
    account: null,
    project: null,
    environment: related.environment ?? null,
    custom_environment_variables: related.customEnvironmentVariables ? [...related.customEnvironmentVariables] : null,
    most_recent_run: related.mostRecentRun ?? null,
    most_recent_completed_run: related.mostRecentCompletedRun ?? null,
    fusion_readiness: null,
  }
}

/** A job as runs have it: schedule strings, which Kestra reads, and `Z` dates. */
export function presentRunJob(job: JobRecord): Schemas['RunJob'] {
  const { cron, date, time } = presentSchedule(job)
  return {
    ...commonFields(job),
    schedule: { cron, date: date.type, time: time.type },
    created_at: zuluInstant(job.created_at),
    updated_at: zuluInstant(job.updated_at),
  }
}

function commonFields(job: JobRecord) {
  const { engine: _engine, schedule: _schedule, ...wire } = wireOfSettings(job)
  return {
    id: job.id,
    account_id: job.account_id,
    project_id: job.project_id,
    environment_id: job.environment_id,
    ...wire,
    raw_dbt_version: job.dbt_version,
    settings: { threads: job.threads ?? defaultThreads, target_name: job.target_name ?? noTarget },
    state: job.state,
    triggers: { ...wire.triggers, custom_branch_only: false },
    is_deferrable: false,
    job_type: job.job_type,
    deactivated: job.deactivated,
    is_system: false,
    run_failure_count: job.run_failure_count,
    job_completion_trigger_condition: presentCompletionTrigger(wire.job_completion_trigger_condition),
  }
}

/** dbt Cloud's default; what a profile says counts only when the job says nothing. */
export const defaultThreads = 4

/** dbt Cloud writes this where a job chooses no target. */
export const noTarget = 'default'

function presentCompletionTrigger(trigger: JobCompletionTrigger | null): Schemas['JobCompletionTrigger'] | null {
  if (trigger === null) return null
  const { job_id, project_id, statuses } = trigger.condition
  return { condition: { job_id, project_id, statuses: finalStatusCodes.filter((code) => statuses.includes(code)) } }
}
