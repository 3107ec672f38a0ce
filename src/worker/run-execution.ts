import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { Db } from '../db/database.ts'
import { persistently } from '../db/persistently.ts'
import type { RunRow } from '../db/schema/runs.ts'
import type { WakeUp } from '../db/wake-up.ts'
import type { EngineKind } from '../domain/environment.ts'
import type { RunEngine, RunOutcome, RunSink, StopReason } from '../engines/run-engine.ts'
import type { ClaimedRun } from '../queue/claim-run.ts'
import { cancelledByUser, endRun, finishRun, type RunEnd } from '../queue/finish-run.ts'
import type { RunLease } from '../queue/lease.ts'
import { queueAwaitingJobsNow } from '../queue/queue-awaiting-jobs.ts'
import { returnToQueue } from '../queue/requeue-run.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import type { Execution, Executor, Hold } from './executor.ts'
import { explainFailure } from './explain-failure.ts'
import { loadRunPlan } from './load-run-plan.ts'
import type { LogSpool } from './logs/log-spool.ts'
import { RunRecorder } from './recorder/run-recorder.ts'
import { runResources } from './resources/run-resources.ts'
import { timeoutMessage } from './timeout-message.ts'

export interface ExecutionContext {
  readonly db: Db
  readonly wakeUp: WakeUp
  readonly artifacts: ArtifactStore
  readonly artifactsWaitMs: number
  readonly logSpool: LogSpool
  readonly secretBox: SecretBox
  ensureRoom?(): Promise<void>
  engineFor(kind: EngineKind): RunEngine | Promise<RunEngine>
}

/** Executes runs in the worker's own process. */
export function executeInProcess(ctx: ExecutionContext): Executor {
  return (claimed, held) => new RunExecution(ctx, claimed, held)
}

/** It is longer than a timer can be set for; such a lease is renewed before. */
const longestTimerMs = 2 ** 31 - 1

/*
 * A claimed run on its way from the plan to the release, in one worker.
 *
 * It goes on for as long as its lease is good, whether the database answers or not: what is to be written waits. When the
 * lease is over, its processes are stopped and nothing is written any more: another worker may have the run.
 */
class RunExecution implements Execution {
  readonly run: RunRow
  readonly #ctx: ExecutionContext
  readonly #claimed: ClaimedRun
  readonly #lease: RunLease
  readonly #abort = new AbortController()
  readonly #leaseLost = new AbortController()
  readonly #now: () => Date
  #engine: RunEngine | undefined
  #timer: NodeJS.Timeout | undefined
  #leaseTimer: NodeJS.Timeout | undefined
  #timeoutSeconds = 0
  #storageFailure: string | undefined
  #started = false
  #stopMessage: string | undefined

  constructor(ctx: ExecutionContext, claimed: ClaimedRun, { workerId, hold }: { workerId: string; hold: Hold }) {
    const { run } = claimed
    this.#ctx = ctx
    this.#claimed = claimed
    this.run = run
    this.#now = clockFrom(run.claimed_at ?? new Date())
    this.#lease = { runId: run.id, serialKey: run.serial_key, workerId, claim: run.claim_count }
    this.renew(hold)
  }

  stop(reason: StopReason, message?: string): void {
    if (!this.#abort.signal.aborted) this.#stopMessage = message
    this.#abort.abort(reason)
  }

  get holdsLease(): boolean {
    return !this.#leaseLost.signal.aborted
  }

  renew({ leaseMs, guardSeconds }: Hold): void {
    if (!this.holdsLease) return
    clearTimeout(this.#leaseTimer)
    this.#leaseTimer = setTimeout(() => this.loseLease(), Math.min(leaseMs, longestTimerMs))
    this.#leaseTimer.unref()
    this.#engine?.renew(this.run.id, guardSeconds)
  }

  loseLease(): void {
    this.#leaseLost.abort(new Error(`The lease on run ${this.run.id} is over.`))
    this.stop('lease lost')
  }

  async cleared(): Promise<void> {
    await this.#engine?.cleared(this.run.id)
  }

  async execute(): Promise<'released' | 'lost'> {
    const outcome = await this.#outcome()
    clearTimeout(this.#timer)
    try {
      await persistently(() => this.#release(outcome, this.#abort.signal.reason), this.#leaseLost.signal)
      return 'released'
    } catch (error) {
      if (this.holdsLease) throw error
      return 'lost'
    } finally {
      clearTimeout(this.#leaseTimer)
    }
  }

  async #release(outcome: RunOutcome, reason: StopReason | undefined): Promise<void> {
    if (outcome.outcome === 'stopped' && reason === 'shutdown' && !this.#started) {
      await returnToQueue(this.#ctx.db, this.#lease)
      return
    }
    const released = await finishRun(this.#ctx.db, this.#lease, this.#endFor(outcome, reason))
    this.#ctx.wakeUp.publish({ kind: 'ended', runId: this.run.id })
    this.#ctx.wakeUp.publish({ kind: 'queued' }) // its lane may be free
    // Undefined also when an attempt before this one, whose answer was lost, released it.
    if (released === undefined || released.is_awaited) await queueAwaitingJobsNow(this.#ctx)
  }

  async #outcome(): Promise<RunOutcome> {
    let recorder: RunRecorder | undefined
    try {
      const { plan, timeoutSeconds } = await persistently(
        () => loadRunPlan(this.#ctx, this.#claimed),
        this.#leaseLost.signal,
      )
      this.#timeoutSeconds = timeoutSeconds
      const executing = await this.#ctx.engineFor(plan.engine.kind)
      this.#engine = executing
      const { signal } = this.#abort
      const held = { lease: this.#lease, leaseLost: this.#leaseLost.signal }
      const recording = new RunRecorder(this.#ctx, {
        ...held,
        now: this.#now,
        onFirstStep: () => this.#begin(),
        onFailure: (error) => {
          this.#storageFailure = explainFailure(error)
          this.stop('shutdown')
        },
      })
      recorder = recording
      const resources = runResources(this.#ctx, { ...held, signal })
      const sink: RunSink = { ...resources, report: (event) => recording.report(event) }
      const outcome = await executing.execute(plan, sink, signal)
      await recording.settled()
      return this.#storageFailure === undefined ? outcome : { outcome: 'error', message: this.#storageFailure }
    } catch (error) {
      return { outcome: 'error', message: this.#storageFailure ?? explainFailure(error) }
    } finally {
      await recorder?.close()
    }
  }

  #begin(): void {
    this.#started = true
    if (this.#timeoutSeconds > 0) this.#timer = setTimeout(() => void this.#timeOut(), this.#timeoutSeconds * 1000)
  }

  async #timeOut(): Promise<void> {
    // Should the database not answer now, the release ends the run with the same words.
    const ended = endRun(this.#ctx.db, this.#lease, this.#timedOut()).catch(() => false)
    this.stop('timeout')
    await ended
    this.#ctx.wakeUp.publish({ kind: 'ended', runId: this.run.id })
    await queueAwaitingJobsNow(this.#ctx)
  }

  #endFor(outcome: RunOutcome, reason: StopReason | undefined): RunEnd {
    if (outcome.outcome === 'success') return { status: 'success', message: null }
    if (outcome.outcome === 'error') return { status: 'error', message: outcome.message }
    if (reason === 'timeout') return this.#timedOut()
    if (reason === 'cancel') return cancelledByUser
    return { status: 'error', message: this.#stopMessage ?? 'The worker was stopped.' }
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
