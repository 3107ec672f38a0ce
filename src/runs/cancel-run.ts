import { sql } from 'kysely'
import { addAuditEntry } from '../audit/audit-entries.ts'
import type { Db, Tx } from '../db/database.ts'
import type { RunRow } from '../db/schema.ts'
import type { WakeUp } from '../db/wake-up.ts'
import { type Actor, stratusItself } from '../domain/actor.ts'
import { NotFoundError } from '../domain/errors.ts'
import { isFinalStatus, predecessorsOf } from '../domain/run-status.ts'
import { lockLane, updateLaneHead } from './lanes.ts'

/**
 * Cancels a run: its status is final when this returns, whatever it was doing; a worker that holds it then ends
 * its processes and releases it. A finished run comes back unchanged, because a client's cancel may race the end.
 */
export async function cancelRun(
  ctx: { db: Db; wakeUp: WakeUp },
  { accountId, runId, actor = stratusItself }: { accountId: number; runId: number; actor?: Actor },
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
    .execute((tx) => endCancelled(tx, run, { message: 'Cancelled by user.', actor }))
  if (cancelled === undefined)
    return ctx.db.selectFrom('runs').selectAll().where('id', '=', runId).executeTakeFirstOrThrow()
  ctx.wakeUp.publish({ kind: 'cancelled', runId })
  ctx.wakeUp.publish({ kind: 'changed', runId })
  return cancelled
}

/** Makes the run final in status cancelled; undefined when it was final already. */
export async function endCancelled(
  tx: Tx,
  run: { id: number; serial_key: string },
  { message, actor }: { message: string; actor: Actor },
): Promise<RunRow | undefined> {
  await lockLane(tx, run.serial_key)
  const cancelled = await tx
    .updateTable('runs')
    .set({
      status: 'cancelled',
      status_message: message,
      finished_at: sql`now()`,
      updated_at: sql`now()`,
      cancelled_by: JSON.stringify(actor),
    })
    .where('id', '=', run.id)
    .where('status', 'in', predecessorsOf('cancelled'))
    .returningAll()
    .executeTakeFirst()
  if (cancelled === undefined) return undefined
  await updateLaneHead(tx, run.serial_key)
  await addAuditEntry(tx, {
    accountId: cancelled.account_id,
    actor,
    operation: 'Cancel Run',
    method: actor.type === 'system' ? null : 'POST',
    projectId: cancelled.project_id,
    targetId: cancelled.id,
    context: { job_id: cancelled.job_id },
    status: 200,
  })
  return cancelled
}
