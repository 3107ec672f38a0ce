/**
 * Does pieces of work one after the other; after the first failure it does no more. The first piece waits for
 * `delayMs`, unless somebody waits for it.
 */
export class WriteQueue {
  readonly #onFailure: (error: unknown) => void
  #begin: () => void = () => {}
  #last: Promise<void>
  #failed = false

  constructor(onFailure: (error: unknown) => void, delayMs: number) {
    this.#onFailure = onFailure
    this.#last = new Promise((resolve) => {
      const timer = setTimeout(resolve, delayMs)
      this.#begin = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  add(work: () => Promise<void>): void {
    this.#last = this.#last.then(async () => {
      try {
        if (!this.#failed) await work()
      } catch (error) {
        this.#failed = true
        this.#onFailure(error)
      }
    })
  }

  /** Resolves when all that was added is done or, after a failure, passed over; also what was added meanwhile. */
  async drained(): Promise<void> {
    this.#begin()
    for (let last: Promise<void> | undefined; last !== this.#last; ) {
      last = this.#last
      await last
    }
  }
}
