import type { Logger } from 'pino'
import type { Db } from '../db/database.ts'
import type { WakeUp } from '../db/wake-up.ts'
import { reapLostRuns } from '../queue/reap-lost-runs.ts'

/** Takes the runs of workers that do not renew their leases, and tells those who wait for them. */
export async function takeLostRuns(
  { db, wakeUp }: { db: Db; wakeUp: WakeUp },
  { graceSeconds, logger }: { graceSeconds: number; logger: Logger },
): Promise<void> {
  const reaped = await reapLostRuns(db, { graceSeconds })
  for (const { runId, fate } of reaped) {
    logger.warn({ runId, fate }, 'run of a lost worker')
    if (fate !== 'queued again') wakeUp.publish({ kind: 'ended', runId })
  }
  if (reaped.length > 0) wakeUp.publish({ kind: 'queued' })
}
