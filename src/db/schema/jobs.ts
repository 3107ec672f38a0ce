import type { Generated, Insertable, JSONColumnType, Selectable } from 'kysely'
import type { EngineKind } from '../../domain/environment.ts'
import type { JobCompletionTrigger, JobFlags, JobSchedule, JobType } from '../../domain/job.ts'
import type { Scenario } from '../../domain/scenarios/scenario.ts'
import type { Instant, NullableInstant, StateColumn } from './columns.ts'

type JobFlagColumns = { [Flag in keyof JobFlags]: Generated<boolean> }

export interface JobsTable extends JobFlagColumns {
  id: Generated<number>
  account_id: number
  project_id: number
  environment_id: number
  name: string
  description: Generated<string>
  dbt_version: string | null
  engine: EngineKind | null
  execute_steps: Generated<string[]>
  timeout_seconds: Generated<number>
  threads: number | null
  target_name: string | null
  trigger_schedule: Generated<boolean>
  trigger_github_webhook: Generated<boolean>
  trigger_git_provider_webhook: Generated<boolean>
  trigger_on_merge: Generated<boolean>
  schedule: JSONColumnType<JobSchedule> | null
  schedule_cron: string | null
  next_run_at: NullableInstant
  compare_changes_flags: Generated<string>
  deferring_job_definition_id: number | null
  deferring_environment_id: number | null
  lifecycle_webhooks_url: string | null
  job_type: Generated<JobType>
  job_completion_trigger: JSONColumnType<JobCompletionTrigger> | null
  cost_optimization_features: Generated<string[]>
  deactivated: Generated<boolean>
  run_failure_count: Generated<number>
  simulation: JSONColumnType<Scenario> | null
  state: StateColumn
  created_at: Instant
  updated_at: Instant
}

export type JobRow = Selectable<JobsTable>

export type NewJob = Insertable<JobsTable>
