import { isDeepStrictEqual } from 'node:util'
import {
  defaultJobSettings,
  type GivenJobType,
  givenJobTypes,
  type JobCompletionTrigger,
  type JobSchedule,
  type JobSettings,
} from '../../../domain/job.ts'
import { givenTypeOf } from '../../../domain/job-derivations.ts'
import type { JobRecord } from '../../../jobs/job-queries.ts'
import { type JobChange, jobSettingsOf } from '../../../jobs/update-job.ts'
import { withoutNull } from '../../../util/without-null.ts'
import { defaultThreads, noTarget } from '../../presenters/present-job.ts'
import { presentSchedule } from '../../presenters/present-schedule.ts'
import type { JobBody, ScheduleBody } from './job-body.ts'

type Change = Pick<JobChange, 'settings' | 'givenType'>

/**
 * What a client's body makes of a new job. `awaitedProject` is that of the job that it waits for, if it waits for one.
 */
export function newJobOf(body: JobBody, name: string, awaitedProject: number | undefined): Change {
  return merge({ name, ...defaultJobSettings }, null, body, awaitedProject)
}

/** What a client's body makes of a job. A value that comes back as it was shown leaves what is stored. */
export function changedJobOf(body: JobBody, job: JobRecord, awaitedProject: number | undefined): JobChange {
  const change = merge(jobSettingsOf(job), job, body, awaitedProject)
  return { ...change, environmentId: body.environment_id ?? job.environment_id }
}

function merge(before: JobSettings, job: JobRecord | null, body: JobBody, awaitedProject: number | undefined): Change {
  const { triggers, settings } = body
  const { condition } = body.job_completion_trigger_condition ?? {}
  const next: JobSettings = {
    ...before,
    ...withoutNull({
      name: body.name,
      execute_steps: body.execute_steps,
      timeout_seconds: body.execution?.timeout_seconds,
      trigger_schedule: triggers?.schedule,
      trigger_github_webhook: triggers?.github_webhook,
      trigger_git_provider_webhook: triggers?.git_provider_webhook,
      trigger_on_merge: triggers?.on_merge,
      generate_docs: body.generate_docs,
      run_generate_sources: body.run_generate_sources ?? body.generate_sources,
      run_compare_changes: body.run_compare_changes,
      compare_changes_flags: body.compare_changes_flags,
      run_lint: body.run_lint,
      errors_on_lint_failure: body.errors_on_lint_failure,
      lifecycle_webhooks: body.lifecycle_webhooks,
      triggers_on_draft_pr: body.triggers_on_draft_pr,
      cost_optimization_features: body.cost_optimization_features,
    }),
    description: body.description === undefined ? before.description : (body.description ?? ''),
    dbt_version: orStored(body.dbt_version, before.dbt_version),
    engine: orStored(body.stratus?.engine, before.engine),
    threads: unlessAsShown(settings?.threads, job && (job.threads ?? defaultThreads), before.threads),
    target_name: targetOf(settings?.target_name, before.target_name),
    deferring_job_definition_id: orStored(body.deferring_job_definition_id, before.deferring_job_definition_id),
    deferring_environment_id: orStored(body.deferring_environment_id, before.deferring_environment_id),
    lifecycle_webhooks_url: orStored(body.lifecycle_webhooks_url, before.lifecycle_webhooks_url),
    job_completion_trigger:
      condition === undefined
        ? orStored(body.job_completion_trigger_condition === null ? null : undefined, before.job_completion_trigger)
        : completionOf(condition, before.job_completion_trigger, awaitedProject),
  }
  const schedule = scheduleOf(body.schedule, job, next)
  return { settings: { ...next, schedule }, givenType: givenTypeIn(body.job_type, job, next) }
}

function orStored<T>(given: T | undefined, stored: T): T {
  return given === undefined ? stored : given
}

function unlessAsShown<T>(given: T | undefined, shown: T | null, stored: T | null): T | null {
  return given === undefined || given === shown ? stored : given
}

/** dbt Cloud writes "default" where no target was chosen, and some clients nothing. */
function targetOf(given: string | undefined, stored: string | null): string | null {
  if (given === undefined) return stored
  return given === noTarget || given.trim() === '' ? null : given
}

/** A job without a schedule is shown with a default one, which becomes its own only when it is to count. */
function scheduleOf(
  given: ScheduleBody | null | undefined,
  job: JobRecord | null,
  next: JobSettings,
): JobSchedule | null {
  const stored = job?.schedule ?? null
  if (given === null || given === undefined) return stored
  const schedule = toSchedule({ ...given, timezone: orStored(given.timezone, stored?.timezone) })
  if (Object.keys(schedule).length === 0) return stored
  const mayStay = stored !== null || !next.trigger_schedule
  const asShown = job !== null && isDeepStrictEqual(schedule, toSchedule(presentSchedule(job)))
  return mayStay && asShown ? stored : schedule
}

/** A schedule as clients send it, or as they are shown it. */
interface AnySchedule {
  readonly cron?: string | null | undefined
  readonly timezone?: string | null | undefined
  readonly date?:
    | {
        readonly type?: string | undefined
        readonly days?: readonly number[] | null | undefined
        readonly cron?: string | null | undefined
      }
    | null
    | undefined
  readonly time?:
    | {
        readonly type?: string | undefined
        readonly interval?: number | null | undefined
        readonly hours?: readonly number[] | null | undefined
      }
    | null
    | undefined
}

/** Only what says something, as stratus.yml would store it. */
function toSchedule({ cron, timezone, date, time }: AnySchedule): JobSchedule {
  return {
    ...(cron && { cron }),
    ...(timezone && { timezone }),
    ...(date?.type && {
      date: {
        type: date.type,
        ...(date.days && { days: date.days }),
        ...(date.cron && { cron: date.cron }),
      },
    }),
    ...(time?.type && {
      time: {
        type: time.type,
        ...(time.interval && { interval: time.interval }),
        ...(time.hours && { hours: time.hours }),
      },
    }),
  }
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
