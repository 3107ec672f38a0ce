import type { Request, Response } from 'express'
import { isTransientError } from '../../db/pg-errors.ts'
import type { WakeUp } from '../../db/wake-up.ts'
import { isFinalStatus, type RunStatus } from '../../domain/runs/run-status.ts'

export interface HeldPollsOptions {
  /** With 0 no poll is held, as with dbt Cloud. */
  readonly seconds: number
  /** The next poll is answered at once while so many are held. */
  readonly max: number
}

/** A hint may be missed; so often a held poll looks for itself. */
const lookAgainMs = 2_000

/*
 * Airflow asks for a run's status once a minute, so that a run of four seconds takes its task a minute. A poll of such a
 * client for a live run is answered when the run ends, or at the limit. Nothing but the request is held meanwhile.
 */
export class HeldPolls {
  readonly #wakeUp: WakeUp
  readonly #options: HeldPollsOptions
  readonly #waiters = new Set<() => void>()
  #closed = false

  constructor(wakeUp: WakeUp, options: HeldPollsOptions) {
    this.#wakeUp = wakeUp
    this.#options = options
  }

  /** Counts the requests that are held now. */
  get count(): number {
    return this.#waiters.size
  }

  /**
   * `run` at once, or what `look` sees when the run has ended, the limit is reached, the client has gone or the server
   * stops. A database that is away for a moment does not end the wait; what it still is at the end is the answer.
   */
  async untilEnded<Run extends { readonly id: number; readonly status: RunStatus }>(
    request: Request,
    run: Run,
    look: () => Promise<Run>,
  ): Promise<Run> {
    const { seconds, max } = this.#options
    if (seconds === 0 || this.#waiters.size >= max || !isSlowPoller(request)) return run
    const end = performance.now() + seconds * 1000
    const mayWait = () => !this.#closed && performance.now() < end && !isGone(request)
    let current = run
    while (!isFinalStatus(current.status) && mayWait()) {
      await this.#change(request, run.id, Math.min(lookAgainMs, end - performance.now()))
      current = await look().catch((error: unknown) => {
        if (isTransientError(error) && mayWait()) return current
        throw error
      })
    }
    return current
  }

  /** Answers everything that is held, and holds nothing any more: the server stops. */
  close(): void {
    this.#closed = true
    for (const done of [...this.#waiters]) done()
  }

  #change(request: Request, runId: number, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        unsubscribe()
        request.res?.off('close', done)
        this.#waiters.delete(done)
        resolve()
      }
      const timer = setTimeout(done, timeoutMs)
      const unsubscribe = this.#wakeUp.subscribe((event) => {
        if (event.kind === 'missed' || (event.kind === 'ended' && event.runId === runId)) done()
      })
      request.res?.on('close', done)
      this.#waiters.add(done)
    })
  }
}

/** Airflow's provider names itself, in synchronous and in deferrable mode. */
function isSlowPoller(request: Request): boolean {
  return /^apache-airflow-providers-dbt-cloud/.test(request.headers['user-agent'] ?? '')
}

function isGone(request: Request): boolean {
  const response: Response | undefined = request.res
  return response?.destroyed ?? false
}
