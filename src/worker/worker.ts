import type { Logger } from 'pino'
import type { Db } from '../db/database.ts'
import { persistently } from '../db/persistently.ts'
import type { WakeUp } from '../db/wake-up.ts'
import { isFinalStatus } from '../domain/runs/run-status.ts'
import { type ClaimedRun, claimRun } from '../queue/claim-run.ts'
import { findHeldRuns, type HeldRun, renewLeases } from '../queue/lease.ts'
import { returnToQueue } from '../queue/requeue-run.ts'
import { warnUnlessAway } from '../queue/warn-unless-away.ts'
import { type Periodic, periodically } from '../util/periodic.ts'
import type { Execution, Executor, Hold } from './executor.ts'
import { reportWaiting } from './report-waiting.ts'
import { stoppedMessage } from './stopped-message.ts'

export interface WorkerContext {
  readonly db: Db
  readonly wakeUp: WakeUp
  readonly executor: Executor
  /** Tells whether runs may leave the queue now; without it they always may. */
  mayClaim?(): boolean
}

export interface WorkerOptions {
  /** No other worker, also none before it, may have the same. */
  readonly name: string
  /** Says how many runs it executes at once. */
  readonly capacity: number
  /** Says how long a claim is good without being renewed. */
  readonly leaseSeconds: number
  /** Says how long the processes of a run may go on without a sign of life from this worker. */
  readonly guardSeconds: number
  readonly pollMs: number
  readonly logger: Logger
}

/** Leases are renewed at a quarter of their time, and at least so often: the longer a database may be away then. */
const maxRenewalMs = 5000

export interface DrainOrder {
  /** The signal that asks for it. */
  readonly by?: string
  /** It is aborted, with the second signal's name, when nothing is to be waited for any more. */
  readonly atOnce?: AbortSignal
  /** The time that stopped runs may take for their processes and their last writes. */
  readonly endingMs?: number
}

/*
 * A worker claims runs while it has room, executes them and releases them.
 *
 *   working ──drain──▶ draining (claims no more) ──▶ stopped (nothing of it is alive)
 *
 * Wake-ups save latency; the poll finds what they missed: queued runs, cancelled runs, lost leases, and claims whose
 * answers were lost with their connections.
 */
export class Worker {
  readonly #ctx: WorkerContext
  readonly #options: WorkerOptions
  readonly #executions = new Map<number, { execution: Execution; done: Promise<void>; since: number }>()
  readonly #periodics: Periodic[] = []
  #unsubscribe: () => void = () => {}
  #claiming: Promise<void> | undefined
  #claimAgain = false
  /** Claims that were sent. */
  #claims = 0
  #draining = false
  readonly #stopped = new AbortController()

  constructor(ctx: WorkerContext, options: WorkerOptions) {
    this.#ctx = ctx
    this.#options = options
  }

  start(): void {
    const { pollMs, guardSeconds, logger } = this.#options
    this.#unsubscribe = this.#ctx.wakeUp.subscribe((event) => {
      if (event.kind === 'queued' || event.kind === 'missed') this.#claimSoon()
      if (event.kind === 'cancelled') this.#executions.get(event.runId)?.execution.stop('cancel')
    })
    const renewalMs = Math.min((guardSeconds * 1000) / 4, maxRenewalMs)
    this.#periodics.push(
      periodically(pollMs, () => this.#poll(), warnUnlessAway(logger, 'poll failed')),
      periodically(renewalMs, () => this.#renew(), warnUnlessAway(logger, 'renewing leases failed')),
    )
    this.#claimSoon()
  }

  /** Says how many runs it executes now. */
  get busy(): number {
    return this.#executions.size
  }

  /**
   * Claims no more, waits for its runs, and after `limitMs`, or when told to, stops those that still execute: they end in
   * error, or go back to the queue if no step had started. Resolves when none of its processes is alive.
   */
  async drain(
    limitMs: number,
    { by = 'shutdown', atOnce, endingMs = Number.POSITIVE_INFINITY }: DrainOrder = {},
  ): Promise<void> {
    const { name, logger } = this.#options
    const began = performance.now()
    this.#draining = true
    this.#unsubscribe()
    await this.#claiming
    const since = () => new Map([...this.#executions].map(([id, execution]) => [id, execution.since]))
    const reports = reportWaiting(since, { limitMs, logger })
    await this.#allDoneOr(limitMs, atOnce)
    await reports.stop()
    const again = atOnce?.aborted ? String(atOnce.reason) : undefined
    if (again !== undefined) logger.warn({ signal: again }, 'told to stop at once')
    const message = stoppedMessage({ worker: name, by, again, waitedMs: performance.now() - began, limitMs })
    for (const { execution } of this.#executions.values()) execution.stop('shutdown', message)
    await this.#allDoneOr(endingMs)
    const left = [...this.#executions.keys()]
    this.#stopped.abort()
    await Promise.all(this.#periodics.map((periodic) => periodic.stop()))
    if (left.length > 0) throw new Error(`Runs ${left.join(', ')} did not end within ${endingMs / 1000} s.`)
  }

  /** Resolves when no run is left, the time is over or `signal` is aborted. */
  async #allDoneOr(limitMs: number, signal?: AbortSignal): Promise<void> {
    const over = new AbortController()
    const until = AbortSignal.any([over.signal, ...(signal === undefined ? [] : [signal])])
    const timer = Number.isFinite(limitMs) ? setTimeout(() => over.abort(), limitMs) : undefined
    const told = new Promise<void>((resolve) => {
      if (until.aborted) resolve()
      else until.addEventListener('abort', () => resolve(), { once: true })
    })
    await Promise.race([this.#allDone(), told])
    clearTimeout(timer)
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
      .catch(warnUnlessAway(this.#options.logger, 'claiming failed'))
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
      this.#claims++
      const sentAt = performance.now()
      const claimed = await claimRun(this.#ctx.db, { workerId: name, leaseSeconds })
      if (claimed === undefined) return
      this.#execute(claimed, this.#holdSince(sentAt))
      if (!claimed.othersWait) return
    }
  }

  #execute(claimed: ClaimedRun, hold: Hold): void {
    const { run } = claimed
    const logger = this.#options.logger.child({ runId: run.id })
    logger.info({ jobId: run.job_id, claim: run.claim_count }, 'run claimed')
    const execution = this.#ctx.executor(claimed, { workerId: this.#options.name, hold })
    const done = execution
      .execute()
      .then((fate) => {
        if (fate === 'released') logger.info('run released')
        else logger.warn('run lost: its lease ran out, or was taken')
      })
      // Its lease runs out then, and the reaper ends it.
      .catch((err: unknown) => logger.error({ err }, 'run could not be released'))
      .then(() => execution.cleared())
      .finally(() => {
        if (this.#executions.get(run.id)?.execution === execution) this.#executions.delete(run.id)
        this.#ctx.wakeUp.publish({ kind: 'queued' }) // its slot is free
      })
    this.#executions.set(run.id, { execution, done, since: performance.now() })
  }

  async #poll(): Promise<void> {
    try {
      // Taken first: a run that is claimed while the query is under way is not in its answer.
      const known = [...this.#executions.keys()]
      const claims = this.#claiming === undefined ? this.#claims : undefined
      const held = await findHeldRuns(this.#ctx.db, this.#options.name)
      this.#heed(known, held)
      if (claims === this.#claims) await this.#giveBack(held.filter(({ id }) => !this.#executions.has(id)))
    } finally {
      this.#claimSoon()
    }
  }

  /** Gives back runs that it claimed without hearing of it. */
  async #giveBack(unknown: readonly HeldRun[]): Promise<void> {
    for (const { id, serial_key: serialKey, claim_count: claim } of unknown) {
      const isBack = await returnToQueue(this.#ctx.db, { runId: id, serialKey, workerId: this.#options.name, claim })
      if (isBack) this.#options.logger.info({ runId: id }, 'run given back: the answer to its claim was lost')
    }
  }

  /** Keeps what it holds, trying again until the database answers or every lease is over. */
  async #renew(): Promise<void> {
    await persistently(() => this.#renewOnce(), this.#stopped.signal).catch((error: unknown) => {
      if (!this.#stopped.signal.aborted) throw error
    })
  }

  async #renewOnce(): Promise<void> {
    const { name: workerId, leaseSeconds } = this.#options
    const known = [...this.#executions].filter(([, { execution }]) => execution.holdsLease).map(([id]) => id)
    if (known.length === 0) return
    const sentAt = performance.now()
    const held = await renewLeases(this.#ctx.db, { workerId, runIds: known, leaseSeconds })
    this.#heed(known, held)
    for (const { id } of held) this.#executions.get(id)?.execution.renew(this.#holdSince(sentAt))
  }

  /** The database counts from when it heard of it; this worker from when it asked, so that it never believes in more. */
  #holdSince(sentAt: number): Hold {
    const { leaseSeconds, guardSeconds } = this.#options
    const elapsedMs = performance.now() - sentAt
    return { leaseMs: leaseSeconds * 1000 - elapsedMs, guardSeconds: guardSeconds - elapsedMs / 1000 }
  }

  /** Stops what was cancelled by another process, and what is not held any more. */
  #heed(known: readonly number[], held: readonly HeldRun[]): void {
    const byId = new Map(held.map((run) => [run.id, run]))
    for (const id of known) {
      const entry = this.#executions.get(id)
      if (entry === undefined) continue
      const row = byId.get(id)
      if (row === undefined || row.claim_count !== entry.execution.run.claim_count) entry.execution.loseLease()
      else if (isFinalStatus(row.status)) entry.execution.stop('cancel')
    }
  }
}
