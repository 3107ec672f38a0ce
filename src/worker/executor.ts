import type { RunRow } from '../db/schema/runs.ts'
import type { StopReason } from '../engines/run-engine.ts'
import type { ClaimedRun } from '../queue/claim-run.ts'

/** Says how long a hold on a run is good, from now on. */
export interface Hold {
  readonly leaseMs: number
  /** Says how long the processes of the run may go on without a sign of life from this worker. */
  readonly guardSeconds: number
}

/** A claimed run on its way to its release, as its worker sees it. */
export interface Execution {
  readonly run: RunRow
  readonly holdsLease: boolean
  /** Resolves when the run is released or is not this worker's any more; rejects when that could not be written. */
  execute(): Promise<'released' | 'lost'>
  /** Asks the run to end; the first reason counts. `message` is what it then says of a shutdown. */
  stop(reason: StopReason, message?: string): void
  renew(hold: Hold): void
  loseLease(): void
  /** Resolves when what the run left is removed: its slot is free then. */
  cleared(): Promise<void>
}

/** Executes claimed runs: in the worker's own process, or anywhere else. */
export type Executor = (claimed: ClaimedRun, held: { readonly workerId: string; readonly hold: Hold }) => Execution
