import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { RunStatus } from '../domain/runs/run-status.ts'

/** A worker's hold on one claim of one run. Everything that is written about the run by its worker is guarded by it. */
export interface RunLease {
  readonly runId: number
  readonly serialKey: string
  readonly workerId: string
  /** The run's claim_count when it was claimed: a later claim is another hold. */
  readonly claim: number
}

/** SQL that is true of a row of `runs` that a worker holds by a lease that is good. */
export const hasGoodLease = sql<boolean>`runs.claimed_at is not null and runs.released_at is null and runs.lease_expires_at > now()`

/** SQL that is true of the row of `runs` that is held by this lease, while it is good. */
export function isHeldBy(lease: RunLease) {
  return sql<boolean>`runs.id = ${lease.runId} and runs.locked_by = ${lease.workerId}
    and runs.claim_count = ${lease.claim} and ${hasGoodLease}`
}

/** SQL that is true while the lease is good, for the `where` of writes to other tables than `runs`. */
export function isHeld(lease: RunLease) {
  return sql<boolean>`exists (select from runs where ${isHeldBy(lease)})`
}

export interface HeldRun {
  readonly id: number
  readonly serial_key: string
  readonly status: RunStatus
  readonly claim_count: number
}

const heldRun = ['id', 'serial_key', 'status', 'claim_count'] as const

/** The runs that the worker still holds; those it believes to hold and are not among them are lost. */
export async function findHeldRuns(db: Db, workerId: string): Promise<HeldRun[]> {
  return db.selectFrom('runs').select(heldRun).where('locked_by', '=', workerId).where(hasGoodLease).execute()
}

/**
 * Renews those leases of the worker that have not expired, and answers the runs. A run that it holds and does not know of
 * is not renewed: nobody executes it.
 */
export async function renewLeases(
  db: Db,
  { workerId, runIds, leaseSeconds }: { workerId: string; runIds: readonly number[]; leaseSeconds: number },
): Promise<HeldRun[]> {
  return db
    .updateTable('runs')
    .set({
      lease_expires_at: sql<Date>`now() + make_interval(secs => ${leaseSeconds})`,
      last_heartbeat_at: sql<Date>`now()`,
    })
    .where('id', 'in', runIds)
    .where('locked_by', '=', workerId)
    .where(hasGoodLease)
    .returning(heldRun)
    .execute()
}
