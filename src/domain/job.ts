import { keysOf, pick } from '../util/objects/pick.ts'
import type { EngineKind } from './environment.ts'

export type JobType = 'ci' | 'scheduled' | 'other' | 'merge'

/** The wire's schedule object, and a time zone (an IANA name) that dbt Cloud has not; without one it means UTC. */
export interface JobSchedule {
  readonly cron?: string
  readonly timezone?: string
  readonly date?: { readonly type: string; readonly days?: readonly number[]; readonly cron?: string }
  readonly time?: { readonly type: string; readonly interval?: number; readonly hours?: readonly number[] }
}

/** Start this job when `job_id` ends in one of `statuses` (wire numbers). */
export interface JobCompletionTrigger {
  readonly condition: { readonly job_id: number; readonly project_id: number; readonly statuses: readonly number[] }
}

export interface JobTriggers {
  readonly schedule: boolean
  readonly githubWebhook: boolean
  readonly gitProviderWebhook: boolean
  readonly onMerge: boolean
}

/** dbt Cloud derives a job's type from its triggers; a job that only an API client starts is `other`. */
export function jobTypeOf(triggers: JobTriggers): JobType {
  if (triggers.githubWebhook || triggers.gitProviderWebhook) return 'ci'
  if (triggers.onMerge) return 'merge'
  return triggers.schedule ? 'scheduled' : 'other'
}

/** The types that a job may be given whatever its triggers say: a CI job that only an API client starts is one. */
export const givenJobTypes = ['ci', 'merge'] as const
export type GivenJobType = (typeof givenJobTypes)[number]

/** The settings that are yes or no, with their defaults. The wire has each under this name too. */
export const defaultJobFlags = {
  generate_docs: false,
  run_generate_sources: false,
  run_compare_changes: false,
  run_lint: false,
  errors_on_lint_failure: true,
  lifecycle_webhooks: false,
  triggers_on_draft_pr: false,
}
export type JobFlags = Readonly<typeof defaultJobFlags>

/** A job's author decides these columns. */
export interface JobSettings extends JobFlags {
  readonly name: string
  readonly description: string
  readonly dbt_version: string | null
  readonly engine: EngineKind | null
  readonly execute_steps: readonly string[]
  readonly timeout_seconds: number
  /** Null means the profile's own. */
  readonly threads: number | null
  readonly target_name: string | null
  readonly trigger_schedule: boolean
  readonly trigger_github_webhook: boolean
  readonly trigger_git_provider_webhook: boolean
  readonly trigger_on_merge: boolean
  readonly schedule: JobSchedule | null
  readonly compare_changes_flags: string
  readonly deferring_job_definition_id: number | null
  readonly deferring_environment_id: number | null
  readonly lifecycle_webhooks_url: string | null
  readonly job_completion_trigger: JobCompletionTrigger | null
  readonly cost_optimization_features: readonly string[]
}

export const defaultJobSettings: Omit<JobSettings, 'name'> = {
  description: '',
  dbt_version: null,
  engine: null,
  execute_steps: [],
  timeout_seconds: 0,
  threads: null,
  target_name: null,
  trigger_schedule: false,
  trigger_github_webhook: false,
  trigger_git_provider_webhook: false,
  trigger_on_merge: false,
  schedule: null,
  ...defaultJobFlags,
  compare_changes_flags: '--select state:modified',
  deferring_job_definition_id: null,
  deferring_environment_id: null,
  lifecycle_webhooks_url: null,
  job_completion_trigger: null,
  cost_optimization_features: [],
}

export const jobSettingKeys = ['name', ...keysOf(defaultJobSettings)] as const

/** Drops the rest of the job's row. */
export function jobSettingsOf(job: JobSettings): JobSettings {
  return pick(job, jobSettingKeys)
}
