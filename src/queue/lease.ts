import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { hasGoodLease } from '../db/run-lease.ts'
import type { RunStatus } from '../domain/run-status.ts'

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
