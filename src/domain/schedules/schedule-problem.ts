import type { JobSchedule } from '../job.ts'
import { cronProblem } from './cron.ts'
import { cronOfSchedule } from './cron-of-schedule.ts'

/** Says why a schedule that is on would never fire: where in it, and what is expected there. */
export interface ScheduleProblem {
  /** The keys lead from the schedule on; there are none for the schedule itself. */
  readonly path: readonly string[]
  readonly got: string
  readonly expected: string
}

/**
 * Says what is wrong with the schedule of a job whose triggers.schedule is true. While it is off, clients of dbt Cloud
 * send crons that mean nothing, and nobody reads them.
 */
export function scheduleProblem(schedule: JobSchedule | null): ScheduleProblem | undefined {
  const cron = schedule === null ? undefined : cronOfSchedule(schedule)
  if (cron === undefined) {
    return { path: [], got: 'no time', expected: 'cron, or date and time, because triggers.schedule is true' }
  }
  const expected = cronProblem(cron)
  if (expected === undefined) return undefined
  return {
    path: schedule?.date?.cron?.trim() === cron ? ['date', 'cron'] : ['cron'],
    got: JSON.stringify(cron),
    expected,
  }
}
