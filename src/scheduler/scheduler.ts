import type { Logger } from 'pino'
import type { Db } from '../db/database.ts'
import type { WakeUp } from '../db/wake-up.ts'
import { queueAwaitingJobs } from '../queue/queue-awaiting-jobs.ts'
import { warnUnlessAway } from '../queue/warn-unless-away.ts'
import { type Periodic, periodically } from '../util/periodic.ts'
import { fireSchedules } from './fire-schedules.ts'
import { takeLostRuns } from './take-lost-runs.ts'

export interface SchedulerOptions {
  readonly graceSeconds: number
  /** It is true when jobs start as their time comes. */
  readonly schedules: boolean
  readonly logger: Logger
}

/**
 * Repeats what servers do for the whole service, and workers never, safe in any number of them: fire schedules, start the
 * jobs that wait for others, take runs from lost workers.
 */
export function startScheduler(
  ctx: { db: Db; wakeUp: WakeUp },
  { graceSeconds, schedules, logger }: SchedulerOptions,
): Periodic {
  const every = (intervalMs: number, work: () => Promise<unknown>, failure: string) =>
    periodically(intervalMs, work, warnUnlessAway(logger, failure))
  const repeated = [
    ...(schedules ? [every(1000, () => fireSchedules(ctx), 'firing schedules failed')] : []),
    every(1000, () => queueAwaitingJobs(ctx), 'starting jobs after others failed'),
    every(2000, () => takeLostRuns(ctx, { graceSeconds, logger }), 'reaping lost runs failed'),
  ]
  return {
    async stop() {
      await Promise.all(repeated.map((each) => each.stop()))
    },
  }
}
