import { sql } from 'kysely'
import type { Db, Tx } from '../db/database.ts'
import type { RunRow } from '../db/schema/runs.ts'
import { isFinalStatus } from '../domain/runs/run-status.ts'
import { freeWhatItHeld, releaseRun } from './finish-run.ts'
import { lockLane } from './lanes.ts'
import { requeueRun } from './requeue-run.ts'

/** A run whose worker dies before its first step is tried this often in all. */
const maxClaims = 3

export interface ReapOptions {
  /** Says how long a lease must have been over; 0 when its worker is known to be dead. */
  readonly graceSeconds: number
  /** Every lease counts as over: nobody else can hold one (an embedded database at its start). */
  readonly all?: boolean
}

export interface ReapedRun {
  readonly runId: number
  readonly fate: 'queued again' | 'ended in error' | 'released'
}

/**
 * Takes runs from workers that stopped renewing their leases. A run without a started step is queued again, one that had
 * ended is only released, any other ends in error. Safe to do in several processes at once.
 */
export async function reapLostRuns(db: Db, options: ReapOptions): Promise<ReapedRun[]> {
  const lost = await db
    .selectFrom('runs')
    .select(['id', 'serial_key'])
    .where(isLost(options))
    .orderBy('id')
    .limit(100)
    .execute()
  const reaped: ReapedRun[] = []
  for (const run of lost) {
    const fate = await db.transaction().execute(async (tx) => {
      await lockLane(tx, run.serial_key)
      const row = await tx
        .selectFrom('runs')
        .selectAll()
        .where('id', '=', run.id)
        .where(isLost(options))
        .forUpdate()
        .executeTakeFirst()
      return row && decideFate(tx, row)
    })
    if (fate) reaped.push({ runId: run.id, fate })
  }
  return reaped
}

async function decideFate(tx: Tx, run: RunRow): Promise<ReapedRun['fate']> {
  const fate = isFinalStatus(run.status)
    ? 'released'
    : run.started_at === null && run.claim_count < maxClaims
      ? 'queued again'
      : 'ended in error'
  if (fate === 'queued again') {
    await requeueRun(tx, run.id)
    await freeWhatItHeld(tx, run)
  } else {
    await releaseRun(tx, run.id, { status: 'error', message: lostMessage(run) }, sql<boolean>`true`)
  }
  return fate
}

function lostMessage({ started_at, claim_count, locked_by }: RunRow): string {
  if (started_at === null) return `The run could not be started: its worker was lost ${claim_count} times.`
  return `The worker ${locked_by} that executed this run was lost: it stopped, or its machine did, or it could not reach the database.`
}

function isLost({ graceSeconds, all }: ReapOptions) {
  const over = all ? sql`true` : sql`runs.lease_expires_at < now() - make_interval(secs => ${graceSeconds})`
  return sql<boolean>`runs.claimed_at is not null and runs.released_at is null and ${over}`
}
