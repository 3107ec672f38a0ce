import type { JobRecord } from '../../../definitions/jobs/job-queries.ts'
import type { JobSchedule } from '../../../domain/job.ts'
import { cronOfSchedule } from '../../../domain/schedules/cron-of-schedule.ts'
import type { components } from '../../wire/v2.generated.ts'

type WireSchedule = components['schemas']['JobSchedule']

/** Every key is there, also of a job without a schedule: clients with static types decode it whatever the triggers. */
export function presentSchedule(job: Pick<JobRecord, 'schedule' | 'schedule_cron'>): WireSchedule {
  const schedule: JobSchedule = job.schedule ?? {}
  const cron = job.schedule_cron ?? cronOfSchedule(schedule) ?? '0 * * * *'
  return {
    cron,
    ...(schedule.timezone !== undefined && { timezone: schedule.timezone }),
    date: presentDate(schedule, cron),
    time: presentTime(schedule.time),
  }
}

function presentDate({ cron: givenCron, date }: JobSchedule, cron: string): WireSchedule['date'] {
  switch (date?.type) {
    case 'days_of_week':
      return { type: 'days_of_week', days: [...(date.days ?? [])] }
    case 'custom_cron':
    case 'interval_cron':
      return { type: date.type, cron }
    case 'every_day':
      return { type: 'every_day' }
    default:
      return givenCron ? { type: 'custom_cron', cron } : { type: 'every_day' }
  }
}

function presentTime(time: JobSchedule['time']): WireSchedule['time'] {
  if (time?.type === 'at_exact_hours') return { type: 'at_exact_hours', hours: [...(time.hours ?? [])] }
  return { type: 'every_hour', interval: time?.interval ?? 1 }
}
