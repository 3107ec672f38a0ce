import type { Logger } from 'pino'
import type { Db } from '../db/database.ts'
import type { WakeUp } from '../db/wake-up.ts'
import { queueAwaitingJobs } from '../queue/queue-awaiting-jobs.ts'
import { reapLostRuns } from '../queue/reap-lost-runs.ts'
import { warnUnlessAway } from '../queue/warn-unless-away.ts'
import { type Periodic, periodically } from '../util/periodic.ts'
import { fireSchedules } from './fire-schedules.ts'

export interface SchedulerOptions {
  readonly graceSeconds: number
  /** True when jobs start as their time comes. */
  readonly schedules: boolean
  readonly logger: Logger
}

/**
 * Repeats the duties that servers have, and workers never, safe in any number of them: fire schedules, start the jobs
 * that wait for others, take runs from lost workers.
 */
export function startScheduler(
  ctx: { db: Db; wakeUp: WakeUp },
  { graceSeconds, schedules, logger }: SchedulerOptions,
): Periodic {
  const firing = () => periodically(1000, () => fireSchedules(ctx), warnUnlessAway(logger, 'firing schedules failed'))
  const duties = [
    ...(schedules ? [firing()] : []),
    periodically(1000, () => queueAwaitingJobs(ctx), warnUnlessAway(logger, 'starting jobs after others failed')),
    periodically(2000, reap, warnUnlessAway(logger, 'reaping lost runs failed')),
  ]
  async function reap(): Promise<void> {
    const reaped = await reapLostRuns(ctx.db, { graceSeconds })
    for (const { runId, fate } of reaped) {
      logger.warn({ runId, fate }, 'run of a lost worker')
      if (fate !== 'queued again') ctx.wakeUp.publish({ kind: 'ended', runId })
    }
    if (reaped.length > 0) ctx.wakeUp.publish({ kind: 'queued' })
  }
  return {
    async stop() {
      await Promise.all(duties.map((duty) => duty.stop()))
    },
  }
}
