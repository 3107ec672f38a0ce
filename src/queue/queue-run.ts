import { sql } from 'kysely'
import type { Db, Tx } from '../db/database.ts'
import { assertRoom, type QueueLimits } from './assert-room.ts'
import { insertRun, type NewRun, type QueuedRun } from './insert-run.ts'
import { lockKeysOf } from './queue-locks.ts'

/** It is more than all servers have connections: so many triggers may be under way that do not see each other. */
const margin = 200

/**
 * Queues a run for somebody whose runs in the queue have a bound; undefined when the job takes none. Throws
 * TooManyRequestsError at the bound, which no number of triggers at one moment passes.
 *
 * Far from it the statement that inserts the run counts, too. Near it triggers of one job or one token go one after
 * another: each takes a lock that those far away share while they insert, and counts again.
 */
export async function queueRun(db: Db, run: NewRun, limits: QueueLimits | undefined): Promise<QueuedRun | undefined> {
  if (limits === undefined || (limits.perJob === 0 && limits.perToken === 0)) return await insertRun(db, run)
  const queued = await insertFarFrom(db, run, limits)
  if (queued !== undefined) return queued
  // Asked without the lock first: who is refused keeps nobody waiting.
  await assertRoom(db, limits, run)
  return await db.transaction().execute((tx) => queueRunWithin(tx, run, limits))
}

/** `queueRun` as a part of more that must happen at once. */
export async function queueRunWithin(
  tx: Tx,
  run: NewRun,
  limits: QueueLimits | undefined,
): Promise<QueuedRun | undefined> {
  if (limits !== undefined) {
    await lock(tx, run, limits)
    await assertRoom(tx, limits, run)
  }
  return await insertRun(tx, run)
}

async function insertFarFrom(db: Db, run: NewRun, { perJob, perToken }: QueueLimits): Promise<QueuedRun | undefined> {
  const isNear = [perJob, perToken].some((most) => most > 0 && most <= margin)
  if (isNear) return undefined
  const within = (most: number) => Math.max(most - margin, 0)
  return await insertRun(db, { ...run, room: { perJob: within(perJob), perToken: within(perToken) } })
}

/** It counts only what has a bound. They are locked in this order, so that no two wait for each other. */
async function lock(tx: Tx, run: NewRun, { perJob, perToken }: QueueLimits): Promise<void> {
  const { job, token } = lockKeysOf(run)
  if (perJob > 0) await sql`select pg_advisory_xact_lock(${job})`.execute(tx)
  if (perToken > 0) await sql`select pg_advisory_xact_lock(${token})`.execute(tx)
}
