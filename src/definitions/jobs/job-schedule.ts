import type { JobSchedule } from '../../domain/job.ts'

type Maybe<T> = T | null | undefined

/** A schedule as a body or a document gives it, or as clients are shown it. */
export interface GivenSchedule {
  readonly cron?: Maybe<string>
  readonly timezone?: Maybe<string>
  readonly date?: Maybe<{
    readonly type?: string | undefined
    readonly days?: Maybe<readonly number[]>
    readonly cron?: Maybe<string>
  }>
  readonly time?: Maybe<{
    readonly type?: string | undefined
    readonly interval?: Maybe<number>
    readonly hours?: Maybe<readonly number[]>
  }>
}

/** The schedule as it is stored: only what says something. */
export function jobScheduleOf({ cron, timezone, date, time }: GivenSchedule): JobSchedule {
  return {
    ...(cron && { cron }),
    ...(timezone && { timezone }),
    ...(date?.type && {
      date: { type: date.type, ...(date.days && { days: date.days }), ...(date.cron && { cron: date.cron }) },
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
