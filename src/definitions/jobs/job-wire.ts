import { defaultJobSettings, type JobCompletionTrigger, type JobSettings, jobSettingKeys } from '../../domain/job.ts'
import { type Given, mergeGiven } from '../../util/objects/merge-given.ts'
import { pick } from '../../util/objects/pick.ts'
import { type GivenSchedule, jobScheduleOf } from './job-schedule.ts'

/*
 * A job's settings as JSON: the Admin API's keys are those of stratus.yml. What has its own name there stands in no
 * list, so that a new setting of that kind is on the wire once it is among the settings.
 */

/** The settings that the wire has elsewhere than under their own names. */
export const wireNames = {
  timeout_seconds: 'execution.timeout_seconds',
  threads: 'settings.threads',
  target_name: 'settings.target_name',
  trigger_schedule: 'triggers.schedule',
  trigger_github_webhook: 'triggers.github_webhook',
  trigger_git_provider_webhook: 'triggers.git_provider_webhook',
  trigger_on_merge: 'triggers.on_merge',
  job_completion_trigger: 'job_completion_trigger_condition',
}

type SameName = Exclude<keyof JobSettings, keyof typeof wireNames | 'schedule'>
const sameNames = jobSettingKeys.filter((key): key is SameName => !(key in wireNames) && key !== 'schedule')

interface Triggers {
  readonly schedule: boolean
  readonly github_webhook: boolean
  readonly git_provider_webhook: boolean
  readonly on_merge: boolean
}

export interface GivenJob extends Given<Pick<JobSettings, SameName>> {
  readonly execution?: Given<Pick<JobSettings, 'timeout_seconds'>> | null | undefined
  readonly settings?: Given<Pick<JobSettings, 'threads' | 'target_name'>> | null | undefined
  readonly triggers?: Given<Triggers> | null | undefined
  readonly schedule?: GivenSchedule | null | undefined
  readonly job_completion_trigger_condition?: JobCompletionTrigger | null | undefined
}

/** `before` with what is given: null returns a setting to its default, undefined leaves it. */
export function settingsOfWire(given: GivenJob, before: JobSettings): JobSettings {
  const { execution, settings, triggers, schedule } = given
  const values: Given<JobSettings> = {
    ...pick(given, sameNames),
    timeout_seconds: execution?.timeout_seconds,
    threads: settings?.threads,
    target_name: settings?.target_name,
    trigger_schedule: triggers?.schedule,
    trigger_github_webhook: triggers?.github_webhook,
    trigger_git_provider_webhook: triggers?.git_provider_webhook,
    trigger_on_merge: triggers?.on_merge,
    schedule: schedule && jobScheduleOf(schedule),
    job_completion_trigger: given.job_completion_trigger_condition,
  }
  return mergeGiven(before, values, defaultJobSettings)
}

/** Every setting, also where it is the default. */
export function wireOfSettings<Job extends JobSettings>(job: Job) {
  return {
    ...pick(job, sameNames),
    execution: { timeout_seconds: job.timeout_seconds },
    settings: { threads: job.threads, target_name: job.target_name },
    triggers: {
      schedule: job.trigger_schedule,
      github_webhook: job.trigger_github_webhook,
      git_provider_webhook: job.trigger_git_provider_webhook,
      on_merge: job.trigger_on_merge,
    },
    schedule: job.schedule,
    job_completion_trigger_condition: job.job_completion_trigger,
  }
}
