import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { Db } from '../db/database.ts'
import type { RunRow } from '../db/schema.ts'
import type { WakeUp } from '../db/wake-up.ts'
import type { EngineKind } from '../domain/environment.ts'
import type { RunEngine, RunOutcome, StopReason } from '../engines/run-engine.ts'
import { endRun, finishRun, type HeldClaim, type ReleasedRun, type RunEnd } from '../runs/finish-run.ts'
import { queueAwaitingJobsNow } from '../runs/queue-awaiting-jobs.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import type { ClaimedRun } from './claim-run.ts'
import { describeFailure } from './describe-failure.ts'
import { loadRunPlan } from './load-run-plan.ts'
import { returnToQueue } from './requeue-run.ts'
import { RunRecorder } from './run-recorder.ts'
import { timeoutMessage } from './timeout-message.ts'

export interface ExecutionContext {
  readonly db: Db
  readonly wakeUp: WakeUp
  readonly artifacts: ArtifactStore
  readonly secretBox: SecretBox
  ensureRoom?(): Promise<void>
  engineFor(kind: EngineKind): RunEngine | Promise<RunEngine>
  /** Whether runs may leave the queue now; absent: always. */
  mayClaim?(): boolean
}

/** A claimed run on its way from the plan to the release, in one worker. */
export class RunExecution {
  readonly run: RunRow
  readonly #ctx: ExecutionContext
  readonly #claimed: ClaimedRun
  readonly #claim: HeldClaim
  readonly #abort = new AbortController()
  readonly #now: () => Date
  #engine: RunEngine | undefined
  #timer: NodeJS.Timeout | undefined
  #timeoutSeconds = 0
  #storageFailure: string | undefined
  #started = false

  constructor(ctx: ExecutionContext, claimed: ClaimedRun, workerId: string) {
    const { run } = claimed
    this.#ctx = ctx
    this.#claimed = claimed
    this.run = run
    this.#now = clockFrom(run.claimed_at ?? new Date())
    this.#claim = { runId: run.id, serialKey: run.serial_key, workerId, claim: run.claim_count }
  }

  /** Asks the run to end; the first reason counts. */
  stop(reason: StopReason): void {
    this.#abort.abort(reason)
  }

  /** Tells the engine that the lease is good for `seconds` more. */
  renew(seconds: number): void {
    this.#engine?.renew(this.run.id, seconds)
  }

  /** Resolves when the run is released or is not this worker's any more; rejects when that could not be written. */
  async execute(): Promise<void> {
    const outcome = await this.#outcome()
    clearTimeout(this.#timer)
    const reason: StopReason | undefined = this.#abort.signal.reason
    if (reason === 'lease lost') return
    const released = await this.#release(outcome, reason)
    if (released !== undefined) this.#ctx.wakeUp.publish({ kind: 'ended', runId: this.run.id })
    if (released?.is_awaited) await queueAwaitingJobsNow(this.#ctx)
  }

  async #release(outcome: RunOutcome, reason: StopReason | undefined): Promise<ReleasedRun | undefined> {
    if (outcome.outcome === 'stopped' && reason === 'shutdown' && !this.#started) {
      await returnToQueue(this.#ctx.db, this.#claim)
      return undefined
    }
    return finishRun(this.#ctx.db, this.#claim, this.#endFor(outcome, reason))
  }

  async #outcome(): Promise<RunOutcome> {
    try {
      const { plan, engine, timeoutSeconds } = await loadRunPlan(this.#ctx, this.#claimed)
      this.#timeoutSeconds = timeoutSeconds
      const executing = await this.#ctx.engineFor(engine)
      this.#engine = executing
      const recorder = new RunRecorder(this.#ctx, plan.steps, {
        lease: this.#claim,
        signal: this.#abort.signal,
        now: this.#now,
        onFirstStep: () => this.#begin(),
        onFailure: (error) => {
          this.#storageFailure = describeFailure(error)
          this.stop('shutdown')
        },
      })
      const outcome = await executing.execute(plan, recorder, this.#abort.signal)
      await recorder.settled()
      return this.#storageFailure === undefined ? outcome : { outcome: 'error', message: this.#storageFailure }
    } catch (error) {
      return { outcome: 'error', message: this.#storageFailure ?? describeFailure(error) }
    }
  }

  #begin(): void {
    this.#started = true
    if (this.#timeoutSeconds > 0) this.#timer = setTimeout(() => void this.#timeOut(), this.#timeoutSeconds * 1000)
  }

  async #timeOut(): Promise<void> {
    // Should the database not answer now, the release ends the run with the same words.
    await endRun(this.#ctx.db, this.#claim, this.#timedOut()).catch(() => false)
    this.#ctx.wakeUp.publish({ kind: 'ended', runId: this.run.id })
    this.stop('timeout')
    await queueAwaitingJobsNow(this.#ctx)
  }

  #endFor(outcome: RunOutcome, reason: StopReason | undefined): RunEnd {
    if (outcome.outcome === 'success') return { status: 'success', message: null }
    if (outcome.outcome === 'error') return { status: 'error', message: outcome.message }
    if (reason === 'timeout') return this.#timedOut()
    if (reason === 'cancel') return { status: 'cancelled', message: 'Cancelled by user.' }
    return { status: 'error', message: 'The worker was stopped.' }
  }

  #timedOut(): RunEnd {
    return { status: 'cancelled', message: timeoutMessage(this.#timeoutSeconds) }
  }
}

/** A clock that goes on from an instant, so that what one run did is in order whatever the machines' clocks say. */
function clockFrom(instant: Date): () => Date {
  const began = performance.now()
  return () => new Date(instant.getTime() + performance.now() - began)
}
