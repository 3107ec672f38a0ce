import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { RunStatus } from '../domain/run-status.ts'

/** A worker's hold on one claim of one run. Everything it writes is guarded by it. */
export interface RunLease {
  readonly runId: number
  readonly workerId: string
  /** The run's claim_count when it was claimed: a later claim is another hold. */
  readonly claim: number
}

/** SQL that is true while `lease` is good, for the `where` of every write about a held run. */
export function isHeld(lease: RunLease) {
  return sql<boolean>`exists (
    select from runs as held
    where held.id = ${lease.runId} and held.locked_by = ${lease.workerId} and held.claim_count = ${lease.claim}
      and held.claimed_at is not null and held.released_at is null and held.lease_expires_at > now()
  )`
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
  return db
    .selectFrom('runs')
    .select(heldRun)
    .where('locked_by', '=', workerId)
    .where('claimed_at', 'is not', null)
    .where('released_at', 'is', null)
    .where('lease_expires_at', '>', sql<Date>`now()`)
    .execute()
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
    .where('claimed_at', 'is not', null)
    .where('released_at', 'is', null)
    .where('lease_expires_at', '>', sql<Date>`now()`)
    .returning(heldRun)
    .execute()
}
