import { TooManyRequestsError } from '../../../domain/errors.ts'

/*
 * Own code: express-rate-limit would be told another key (the account, known only after the token was checked), another
 * answer, other headers and another moment in every respect; what is left of it is the counter below.
 */

const windowMs = 60_000

/** Counts the requests of each account in this process, in windows of a minute from an account's first request. */
export class RateLimit {
  readonly #perMinute: number
  readonly #windows = new Map<number, { count: number; endsAt: number }>()

  /** 0 limits nothing. */
  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Throws TooManyRequestsError when the account has used up its window. */
  count(accountId: number): void {
    if (this.#perMinute === 0) return
    const now = performance.now()
    let window = this.#windows.get(accountId)
    if (window === undefined || window.endsAt <= now) {
      window = { count: 0, endsAt: now + windowMs }
      this.#windows.set(accountId, window)
    }
    window.count++
    if (window.count <= this.#perMinute) return
    throw new TooManyRequestsError(
      `This account made more than ${this.#perMinute} requests within a minute.`,
      Math.ceil((window.endsAt - now) / 1_000),
    )
  }
}
