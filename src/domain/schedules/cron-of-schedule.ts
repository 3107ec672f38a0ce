import type { JobSchedule } from '../job.ts'

/**
 * The five cron fields that a job's schedule object means, or undefined when it says nothing.
 *
 * `date` and `time` decide, as in dbt Cloud, unless `date` says that the cron does; a schedule of only a cron is one.
 */
export function cronOfSchedule(schedule: JobSchedule): string | undefined {
  const { date, time } = schedule
  // Terraform's provider sends an empty cron beside the objects that count.
  const cron = (date?.cron?.trim() || schedule.cron?.trim()) ?? ''
  const cronDecides = date === undefined || date.type === 'custom_cron' || date.type === 'interval_cron'
  if (cron !== '' && (cronDecides || time === undefined)) return cron
  if (date === undefined && time === undefined) return undefined
  if (cronDecides && date !== undefined) return undefined
  return `0 ${hoursOf(time)} * * ${weekdaysOf(date)}`
}

function hoursOf(time: JobSchedule['time']): string {
  if (time?.type === 'at_exact_hours' && time.hours && time.hours.length > 0) return ascending(time.hours).join(',')
  const interval = time?.interval ?? 1
  return interval > 1 ? `*/${interval}` : '*'
}

function weekdaysOf(date: JobSchedule['date']): string {
  if (date?.type !== 'days_of_week' || !date.days || date.days.length === 0) return '*'
  return ascending(date.days).join(',')
}

function ascending(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b)
}
