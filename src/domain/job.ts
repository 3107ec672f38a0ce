export type JobType = 'ci' | 'scheduled' | 'other' | 'merge'

/** The wire's schedule object. */
export interface JobSchedule {
  readonly cron?: string
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
