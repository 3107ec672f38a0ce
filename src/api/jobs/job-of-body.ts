import { isDeepStrictEqual } from 'node:util'
import type { JobRecord } from '../../definitions/jobs/job-queries.ts'
import { type GivenSchedule, jobScheduleOf } from '../../definitions/jobs/job-schedule.ts'
import { settingsOfWire } from '../../definitions/jobs/job-wire.ts'
import type { JobChange } from '../../definitions/jobs/update-job.ts'
import {
  defaultJobSettings,
  type GivenJobType,
  givenJobTypes,
  type JobCompletionTrigger,
  type JobSchedule,
  type JobSettings,
  jobSettingsOf,
} from '../../domain/job.ts'
import { givenTypeOf } from '../../domain/job-derivations.ts'
import { defaultThreads, noTarget } from '../presenters/present-job.ts'
import { presentSchedule } from '../presenters/time/present-schedule.ts'
import type { JobBody } from './job-body.ts'

type Change = Pick<JobChange, 'settings' | 'givenType'>

/**
 * Answers the new job that a client's body describes. `awaitedProject` is that of the job that it waits for, if it waits for one.
 */
export function newJobOf(body: JobBody, name: string, awaitedProject: number | undefined): Change {
  return merge({ name, ...defaultJobSettings }, null, body, awaitedProject)
}

/** Answers the job as a client's body changes it. A value that comes back as it was shown leaves what is stored. */
export function changedJobOf(body: JobBody, job: JobRecord, awaitedProject: number | undefined): JobChange {
  const change = merge(jobSettingsOf(job), job, body, awaitedProject)
  return { ...change, environmentId: body.environment_id ?? job.environment_id }
}

function merge(before: JobSettings, job: JobRecord | null, body: JobBody, awaitedProject: number | undefined): Change {
  const { settings, job_completion_trigger_condition: completion } = body
  const next = settingsOfWire(
    {
      ...body,
      engine: body.stratus?.engine,
      run_generate_sources: body.run_generate_sources ?? body.generate_sources,
      settings: {
        threads: unlessAsShown(settings?.threads, job && (job.threads ?? defaultThreads)),
        target_name: targetOf(settings?.target_name),
      },
      schedule: scheduleOf(body.schedule, job, body.triggers?.schedule ?? before.trigger_schedule),
      job_completion_trigger_condition:
        completion && completionOf(completion.condition, before.job_completion_trigger, awaitedProject),
    },
    before,
  )
  return { settings: next, givenType: givenTypeIn(body.job_type, job, next) }
}

function unlessAsShown<T>(given: T | undefined, shown: T | null): T | undefined {
  return given === shown ? undefined : given
}

/** dbt Cloud writes "default" where no target was chosen, and some clients nothing. */
function targetOf(given: string | undefined): string | null | undefined {
  return given === noTarget || given?.trim() === '' ? null : given
}

/**
 * The schedule that replaces the stored one, if one does. A job without a schedule is shown with a default one, which
 * becomes its own only when it is to count.
 */
function scheduleOf(
  given: GivenSchedule | null | undefined,
  job: JobRecord | null,
  counts: boolean,
): JobSchedule | undefined {
  if (given === null || given === undefined) return undefined
  const stored = job?.schedule ?? null
  const timezone = given.timezone === undefined ? stored?.timezone : given.timezone
  const schedule = jobScheduleOf({ ...given, timezone })
  if (Object.keys(schedule).length === 0) return undefined
  const mayStay = stored !== null || !counts
  const asShown = job !== null && isDeepStrictEqual(schedule, jobScheduleOf(presentSchedule(job)))
  return mayStay && asShown ? undefined : schedule
}

function completionOf(
  { job_id, project_id, statuses }: NonNullable<JobBody['job_completion_trigger_condition']>['condition'],
  before: JobCompletionTrigger | null,
  awaitedProject: number | undefined,
): JobCompletionTrigger {
  const known = before?.condition.job_id === job_id ? before.condition : undefined
  // The same statuses in another order are the same.
  const same = known && isDeepStrictEqual(new Set(known.statuses), new Set(statuses))
  return {
    condition: {
      job_id,
      project_id: project_id ?? known?.project_id ?? awaitedProject ?? 0,
      statuses: same ? known.statuses : statuses,
    },
  }
}

/** `ci` and `merge` hold whatever the triggers say; the other types follow from them. */
function givenTypeIn(word: string | undefined, job: JobRecord | null, next: JobSettings): GivenJobType | null {
  const given = givenJobTypes.find((type) => type === word)
  // A type that only follows from triggers comes back with every round trip; without those triggers it is over.
  const followed = job !== null && givenTypeOf(job) === null && job.job_type === word
  if (word === undefined) return job && givenTypeOf(job)
  return given === undefined || followed ? null : givenTypeOf({ ...next, job_type: given })
}
