import type { JobRecord } from '../../jobs/job-queries.ts'
import type { components } from '../wire/v2.generated.ts'
import { cronHumanized } from './cron-humanized.ts'
import { humanFuture } from './durations.ts'
import { presentSchedule } from './present-schedule.ts'
import { instant, nullable, zuluInstant } from './wire-dates.ts'
import { presentState } from './wire-status.ts'

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
  return {
    id: job.id,
    account_id: job.account_id,
    project_id: job.project_id,
    environment_id: job.environment_id,
    name: job.name,
    description: job.description,
    dbt_version: job.dbt_version,
    raw_dbt_version: job.dbt_version,
    execute_steps: job.execute_steps,
    execution: { timeout_seconds: job.timeout_seconds },
    settings: { threads: job.threads ?? defaultThreads, target_name: job.target_name ?? noTarget },
    state: presentState(job.state),
    triggers: {
      github_webhook: job.trigger_github_webhook,
      git_provider_webhook: job.trigger_git_provider_webhook,
      schedule: job.trigger_schedule,
      on_merge: job.trigger_on_merge,
      custom_branch_only: false,
    },
    generate_docs: job.generate_docs,
    run_generate_sources: job.run_generate_sources,
    run_compare_changes: job.run_compare_changes,
    compare_changes_flags: job.compare_changes_flags,
    run_lint: job.run_lint,
    errors_on_lint_failure: job.errors_on_lint_failure,
    deferring_job_definition_id: job.deferring_job_definition_id,
    deferring_environment_id: job.deferring_environment_id,
    lifecycle_webhooks: job.lifecycle_webhooks,
    lifecycle_webhooks_url: job.lifecycle_webhooks_url,
    is_deferrable: false,
    job_type: job.job_type,
    triggers_on_draft_pr: job.triggers_on_draft_pr,
    deactivated: job.deactivated,
    is_system: false,
    run_failure_count: job.run_failure_count,
    job_completion_trigger_condition: presentCompletionTrigger(job),
    cost_optimization_features: job.cost_optimization_features,
  }
}

/** dbt Cloud's default; what a profile says counts only when the job says nothing. */
export const defaultThreads = 4

/** What dbt Cloud writes where a job chooses no target. */
export const noTarget = 'default'

function presentCompletionTrigger({
  job_completion_trigger: trigger,
}: JobRecord): Schemas['JobCompletionTrigger'] | null {
  if (trigger === null) return null
  const { job_id, project_id, statuses } = trigger.condition
  return {
    condition: { job_id, project_id, statuses: ([10, 20, 30] as const).filter((code) => statuses.includes(code)) },
  }
}
