import { setTimeout as wait } from 'node:timers/promises'
import { TooManyRequestsError } from '../../../domain/errors.ts'

/** So many in a minute may be a mistake; what comes after them waits, longer each time. */
const free = 10
const longestMs = 2_000
const forgetMs = 60_000
const mostAddresses = 10_000
/** Waiting costs the server a socket; beyond this, bad tokens are refused at once. */
const mostWaiting = 200

/**
 * Slows down whoever tries one bad token after another. Only the answer to a bad token waits: others behind the same
 * address, with good tokens, notice nothing.
 */
export class BadTokens {
  readonly #failures = new Map<string, { count: number; last: number }>()
  #waiting = 0

  /** Resolves when the refusal of a bad token may be sent. Throws TooManyRequestsError when too many wait. */
  async slowDown(address: string): Promise<void> {
    const delayMs = this.#record(address)
    if (delayMs === 0) return
    if (this.#waiting >= mostWaiting) throw new TooManyRequestsError('Too many requests with invalid tokens.', 60)
    this.#waiting++
    await wait(delayMs)
    this.#waiting--
  }

  #record(address: string): number {
    const now = performance.now()
    const known = this.#failures.get(address)
    const count = known === undefined || now - known.last > forgetMs ? 1 : known.count + 1
    // Deleted first: a map keeps the order of insertion, so that the first one is the one heard of longest ago.
    this.#failures.delete(address)
    this.#failures.set(address, { count, last: now })
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > mostAddresses && oldest !== undefined) this.#failures.delete(oldest)
    return count <= free ? 0 : Math.min(longestMs, 50 * 2 ** Math.min(count - free, 10))
  }
}
