import pRetry from 'p-retry'
import type { ArtifactStore, StoredAs } from '../../artifacts/artifact-store.ts'
import { StoreUnavailableError } from '../../domain/store-errors.ts'
import type { Content } from '../../util/content.ts'
import { withinTime } from '../../util/within-time.ts'
import { storeRetries } from '../store-retries.ts'

/** One attempt gets so long even when the time to wait is over. */
const shortestAttemptMs = 1_000

export interface PatientStoreOptions {
  /** For so long a store may take nothing at all. */
  readonly maxWaitMs: number
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal
}

/** Says a sentence where the people who wait read it. */
type Say = (sentence: string) => Promise<void>

/**
 * Stores what one run leaves, and waits for a store that does not answer. A store that takes one file after the other is
 * waited for however slow it is.
 */
export class PatientStore {
  readonly #store: ArtifactStore
  readonly #options: PatientStoreOptions
  #lastTaken = 0
  /** People were told that the store takes nothing. */
  #isAway = false

  constructor(store: ArtifactStore, options: PatientStoreOptions) {
    this.#store = store
    this.#options = options
  }

  /** Asks for the content anew for each attempt. */
  async put(key: string, content: () => Promise<Content>, say: Say): Promise<StoredAs> {
    const { signal } = this.#options
    const began = performance.now()
    const attempt = async () => {
      try {
        return { storedAs: await this.#try(key, content, this.#remainingMs(began)) }
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) return { failure: error }
        if (this.#remainingMs(began) <= 0) return { failure: this.#tooLong(error) }
        await this.#notice(error, say)
        throw error
      }
    }
    const result = await pRetry(attempt, { ...storeRetries, signal })
    if ('failure' in result) throw result.failure
    this.#lastTaken = performance.now()
    this.#isAway = false
    return result.storedAs
  }

  #try(key: string, content: () => Promise<Content>, remainingMs: number): Promise<StoredAs> {
    const ms = Math.ceil(Math.max(remainingMs, shortestAttemptMs))
    const late = new AbortController()
    const signal = AbortSignal.any([this.#options.signal, late.signal])
    const putting = content().then((opened) => this.#store.put(key, opened, signal))
    // A disk that hangs hears of no signal, and is waited for no longer either.
    return withinTime(ms, putting, () => {
      const error = new StoreUnavailableError(`it took longer than ${Math.ceil(ms / 1000)} s`)
      late.abort(error)
      return error
    })
  }

  #remainingMs(began: number): number {
    return Math.max(began, this.#lastTaken) + this.#options.maxWaitMs - performance.now()
  }

  async #notice({ message }: StoreUnavailableError, say: Say): Promise<void> {
    if (this.#isAway) return
    this.#isAway = true
    const seconds = Math.ceil(this.#options.maxWaitMs / 1000)
    await say(
      `The store of artifacts takes nothing now (${message}). This step waits for it, for ${seconds} s at most.`,
    )
  }

  #tooLong(cause: StoreUnavailableError): StoreUnavailableError {
    const seconds = this.#options.maxWaitMs / 1000
    return new StoreUnavailableError(
      `${cause.message}. It was waited for, for ${seconds} s (STRATUS_ARTIFACTS_WAIT_SECONDS)`,
      { cause },
    )
  }
}
