import type { AskedBy } from '../audit/audit-entries.ts'
import type { Db } from '../db/database.ts'
import type { RunRow } from '../db/schema/runs.ts'
import type { WakeUp } from '../db/wake-up.ts'
import { type Actor, stratusItself } from '../domain/actor.ts'
import { NotFoundError } from '../domain/errors.ts'
import { isFinalStatus } from '../domain/runs/run-status.ts'
import { endCancelled } from '../queue/end-cancelled.ts'
import { cancelledByUser } from '../queue/finish-run.ts'
import { queueAwaitingJobsNow } from '../queue/queue-awaiting-jobs.ts'

/**
 * Cancels a run: its status is final when this returns, whatever it was doing; a worker that holds it then ends
 * its processes and releases it. A finished run comes back unchanged, because a client's cancel may race the end.
 */
export async function cancelRun(
  ctx: { db: Db; wakeUp: WakeUp },
  {
    accountId,
    runId,
    actor = stratusItself,
    asked = { operation: 'Cancel Run', method: null },
  }: { accountId: number; runId: number; actor?: Actor; asked?: AskedBy },
): Promise<RunRow> {
  const run = await ctx.db
    .selectFrom('runs')
    .selectAll()
    .where('id', '=', runId)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  if (run === undefined) throw new NotFoundError(`There is no run ${runId} in account ${accountId}.`)
  if (isFinalStatus(run.status)) return run
  const cancelled = await ctx.db
    .transaction()
    .execute((tx) => endCancelled(tx, run, { message: cancelledByUser.message, actor, asked }))
  if (cancelled === undefined)
    return ctx.db.selectFrom('runs').selectAll().where('id', '=', runId).executeTakeFirstOrThrow()
  ctx.wakeUp.publish({ kind: 'cancelled', runId })
  ctx.wakeUp.publish({ kind: 'ended', runId })
  await queueAwaitingJobsNow(ctx)
  return cancelled
}
