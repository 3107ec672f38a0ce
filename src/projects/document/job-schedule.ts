import type { JobSchedule } from '../../domain/job.ts'
import type { ScheduleDocument } from './job-schema.ts'

/** The schedule as it is stored: only what was given. */
export function jobScheduleOf({ cron, timezone, date, time }: ScheduleDocument): JobSchedule {
  return {
    ...(cron && { cron }),
    ...(timezone && { timezone }),
    ...(date && {
      date: { type: date.type, ...(date.days && { days: date.days }), ...(date.cron && { cron: date.cron }) },
    }),
    ...(time && {
      time: {
        type: time.type,
        ...(time.interval && { interval: time.interval }),
        ...(time.hours && { hours: time.hours }),
      },
    }),
  }
}
