import { sql } from 'kysely'

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
