import { sql } from 'kysely'
import type { Tx } from '../db/database.ts'

/*
 * A lane is a serial key with its holder (the run that executes) and its head (the oldest queued run).
 * Whoever moves a run in or out of the queue locks the lane first and the run second, always in this order.
 */

/** Locks the lane until the transaction ends. */
export async function lockLane(tx: Tx, serialKey: string): Promise<void> {
  await sql`select from lanes where lanes.serial_key = ${serialKey} for update`.execute(tx)
}

/** Sets the holder and looks the head up anew. The lane must be locked. */
export async function updateLane(tx: Tx, serialKey: string, holderRunId: number | null): Promise<void> {
  await sql`
    update lanes set
      holder_run_id = ${holderRunId},
      head_run_id = (
        select min(runs.id) from runs
        where runs.serial_key = ${serialKey} and runs.status = 'queued' and runs.claimed_at is null
      )
    where lanes.serial_key = ${serialKey}
  `.execute(tx)
}

/** Looks the head up anew and leaves the holder. The lane must be locked. */
export async function updateLaneHead(tx: Tx, serialKey: string): Promise<void> {
  await sql`
    update lanes set head_run_id = (
      select min(runs.id) from runs
      where runs.serial_key = ${serialKey} and runs.status = 'queued' and runs.claimed_at is null
    )
    where lanes.serial_key = ${serialKey}
  `.execute(tx)
}
