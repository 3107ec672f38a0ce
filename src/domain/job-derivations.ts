import { type GivenJobType, givenJobTypes, type JobSchedule, type JobType, jobTypeOf } from './job.ts'
import { nextFireTime } from './schedules/cron.ts'
import { cronOfSchedule } from './schedules/cron-of-schedule.ts'
import { activeState } from './state.ts'

interface Triggers {
  readonly trigger_schedule: boolean
  readonly trigger_github_webhook: boolean
  readonly trigger_git_provider_webhook: boolean
  readonly trigger_on_merge: boolean
}

interface Scheduled extends Triggers {
  readonly schedule: JobSchedule | null
}

/** These were derived for the job when it was last written. */
interface Before extends Triggers {
  readonly state: number
  readonly schedule: JobSchedule | null
  readonly schedule_cron: string | null
  readonly next_run_at: Date | null
}

interface Derived {
  readonly job_type: JobType
  readonly schedule_cron: string | null
  readonly next_run_at: Date | null
}

/** Derives the columns that follow from the job's settings. */
export function deriveJobColumns(
  settings: Scheduled,
  { given, before, now }: { given: GivenJobType | null; before: Before | undefined; now: Date },
): Derived {
  const cron = (settings.schedule && cronOfSchedule(settings.schedule)) ?? null
  return {
    job_type: given ?? typeByTriggers(settings),
    schedule_cron: cron,
    next_run_at: nextRunAt(settings, settings.trigger_schedule ? cron : null, before, now),
  }
}

/** The type that a job was given beside its triggers; null when it is the one that they mean. */
export function givenTypeOf(job: Triggers & { readonly job_type: string }): GivenJobType | null {
  const given = givenJobTypes.find((type) => type === job.job_type) ?? null
  return given === typeByTriggers(job) ? null : given
}

function typeByTriggers(job: Triggers): JobType {
  return jobTypeOf({
    schedule: job.trigger_schedule,
    githubWebhook: job.trigger_github_webhook,
    gitProviderWebhook: job.trigger_git_provider_webhook,
    onMerge: job.trigger_on_merge,
  })
}

/** A time that is due, or missed, stays due unless the schedule itself changed. */
function nextRunAt({ schedule }: Scheduled, cron: string | null, before: Before | undefined, now: Date): Date | null {
  if (cron === null) return null
  const timezone = schedule?.timezone
  const sameTimes = before?.schedule_cron === cron && before.schedule?.timezone === timezone
  const same = before?.state === activeState && before.trigger_schedule && sameTimes
  return same && before.next_run_at ? before.next_run_at : nextFireTime(cron, now, timezone)
}
