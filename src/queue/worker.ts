import type { Logger } from 'pino'
import { isFinalStatus } from '../domain/run-status.ts'
import { type Periodic, periodically } from '../util/periodic.ts'
import { type ClaimedRun, claimRun } from './claim-run.ts'
import { findHeldRuns, type HeldRun, renewLeases } from './lease.ts'
import { type ExecutionContext, RunExecution } from './run-execution.ts'

export interface WorkerOptions {
  readonly name: string
  /** How many runs it executes at once. */
  readonly capacity: number
  /** How long a claim is good without being renewed. */
  readonly leaseSeconds: number
  /** How long the processes of a run may go on without a sign of life from this worker. */
  readonly guardSeconds: number
  readonly pollMs: number
  readonly logger: Logger
}

/*
 * A worker claims runs while it has room, executes them and releases them.
 *
 *   working ──drain──▶ draining (claims no more) ──▶ stopped (nothing of it is alive)
 *
 * Wake-ups save latency; the poll finds what they missed: queued runs, cancelled runs, lost leases.
 */
export class Worker {
  readonly #ctx: ExecutionContext
  readonly #options: WorkerOptions
  readonly #executions = new Map<number, { execution: RunExecution; done: Promise<void> }>()
  readonly #periodics: Periodic[] = []
  #unsubscribe: () => void = () => {}
  #claiming: Promise<void> | undefined
  #claimAgain = false
  #draining = false
  #lastRenewal = performance.now()

  constructor(ctx: ExecutionContext, options: WorkerOptions) {
    this.#ctx = ctx
    this.#options = options
  }

  start(): void {
    const { pollMs, guardSeconds, logger } = this.#options
    this.#unsubscribe = this.#ctx.wakeUp.subscribe((event) => {
      if (event.kind === 'queued' || event.kind === 'missed') this.#claimSoon()
      if (event.kind === 'cancelled') this.#executions.get(event.runId)?.execution.stop('cancel')
    })
    this.#periodics.push(
      periodically(
        pollMs,
        () => this.#poll(),
        (err) => logger.warn({ err }, 'poll failed'),
      ),
      periodically(
        (guardSeconds / 3) * 1000,
        () => this.#renew(),
        (err) => logger.warn({ err }, 'renewing leases failed'),
      ),
    )
    this.#claimSoon()
  }

  /** How many runs it executes now. */
  get busy(): number {
    return this.#executions.size
  }

  /**
   * Claims no more, waits for its runs, and after `timeoutMs` stops those that still execute: they end in error, or go
   * back to the queue if no step had started. Resolves when none of its processes is alive.
   */
  async drain(timeoutMs: number): Promise<void> {
    this.#draining = true
    this.#unsubscribe()
    await this.#claiming
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise((resolve) => {
      timer = setTimeout(resolve, timeoutMs)
    })
    await Promise.race([this.#allDone(), timeout])
    clearTimeout(timer)
    for (const { execution } of this.#executions.values()) execution.stop('shutdown')
    await this.#allDone()
    await Promise.all(this.#periodics.map((periodic) => periodic.stop()))
  }

  async #allDone(): Promise<void> {
    await Promise.all([...this.#executions.values()].map(({ done }) => done))
  }

  #claimSoon(): void {
    if (this.#draining) return
    if (this.#claiming) {
      this.#claimAgain = true
      return
    }
    this.#claiming = this.#claimWhileRoom()
      .catch((err: unknown) => this.#options.logger.warn({ err }, 'claiming failed'))
      .finally(() => {
        this.#claiming = undefined
        if (this.#claimAgain) {
          this.#claimAgain = false
          this.#claimSoon()
        }
      })
  }

  async #claimWhileRoom(): Promise<void> {
    const { name, capacity, leaseSeconds } = this.#options
    while (!this.#draining && this.#executions.size < capacity && this.#ctx.mayClaim?.() !== false) {
      const claimed = await claimRun(this.#ctx.db, { workerId: name, leaseSeconds })
      if (claimed === undefined) return
      this.#execute(claimed)
      if (!claimed.othersWait) return
    }
  }

  #execute(claimed: ClaimedRun): void {
    const { run } = claimed
    const logger = this.#options.logger.child({ runId: run.id })
    logger.info({ jobId: run.job_id, claim: run.claim_count }, 'run claimed')
    const execution = new RunExecution(this.#ctx, claimed, this.#options.name)
    const done = execution
      .execute()
      .then(() => logger.info('run released'))
      // Its lease runs out then, and the reaper ends it.
      .catch((err: unknown) => logger.error({ err }, 'run could not be released'))
      .finally(() => {
        this.#executions.delete(run.id)
        this.#ctx.wakeUp.publish({ kind: 'queued' }) // its lane and its slot may be free
      })
    this.#executions.set(run.id, { execution, done })
  }

  async #poll(): Promise<void> {
    this.#claimSoon()
    // Taken first: a run that is claimed while the query is under way is not in its answer.
    const known = [...this.#executions.keys()]
    if (known.length > 0) this.#heed(known, await findHeldRuns(this.#ctx.db, this.#options.name))
  }

  /** Keeps what it holds. When the database cannot be reached for a whole lease, everything it held counts as lost. */
  async #renew(): Promise<void> {
    const { name, leaseSeconds, guardSeconds } = this.#options
    const began = performance.now()
    if (this.#executions.size === 0) {
      this.#lastRenewal = began
      return
    }
    const known = [...this.#executions.keys()]
    if (began - this.#lastRenewal > leaseSeconds * 1000) this.#heed(known, [])
    const held = await renewLeases(this.#ctx.db, name, leaseSeconds)
    this.#lastRenewal = began
    this.#heed(known, held)
    for (const { execution } of this.#executions.values()) execution.renew(guardSeconds)
  }

  /** Stops what was cancelled by another process, and what is not held any more. */
  #heed(known: readonly number[], held: readonly HeldRun[]): void {
    const byId = new Map(held.map((run) => [run.id, run]))
    for (const id of known) {
      const entry = this.#executions.get(id)
      if (entry === undefined) continue
      const row = byId.get(id)
      if (row === undefined || row.claim_count !== entry.execution.run.claim_count) entry.execution.stop('lease lost')
      else if (isFinalStatus(row.status)) entry.execution.stop('cancel')
    }
  }
}
