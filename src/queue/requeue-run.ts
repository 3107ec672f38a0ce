import { sql } from 'kysely'
import type { Db, Tx } from '../db/database.ts'
import { freeWhatItHeld } from './finish-run.ts'
import { lockLane } from './lanes.ts'
import { isHeldBy, type RunLease } from './lease.ts'

/** Gives a run of which no step has started back to the queue; false when it has started, or is not the worker's any more. */
export async function returnToQueue(db: Db, lease: RunLease): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await lockLane(tx, lease.serialKey)
    const run = await tx
      .selectFrom('runs')
      .select(['id', 'serial_key'])
      .where('status', '=', 'starting')
      .where(isHeldBy(lease))
      .forUpdate()
      .executeTakeFirst()
    if (run === undefined) return false
    await requeueRun(tx, run.id)
    await freeWhatItHeld(tx, run)
    return true
  })
}

/** Makes a run as if it had never been claimed, but for its count of claims. Its lane must be locked, and freed after. */
export async function requeueRun(tx: Tx, runId: number): Promise<void> {
  await tx.deleteFrom('run_steps').where('run_id', '=', runId).execute()
  await tx
    .updateTable('runs')
    .set({
      status: 'queued',
      claimed_at: null,
      locked_by: null,
      lease_expires_at: null,
      dequeued_at: null,
      updated_at: sql<Date>`now()`,
    })
    .where('id', '=', runId)
    .execute()
}
