/**
 * Does pieces of work one after the other; after the first failure it does no more. The first piece waits for
 * `delayMs`, unless somebody waits for it.
 */
export class WriteQueue {
  readonly #onFailure: (error: unknown) => void
  #begin: () => void = () => {}
  #last: Promise<void>
  #failed = false
  #length = 0

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

  /** How many pieces are waiting or under way. */
  get length(): number {
    return this.#length
  }

  /** Resolves when this piece is done or was passed over after a failure; never rejects. */
  add(work: () => Promise<void>): Promise<void> {
    this.#length++
    this.#last = this.#last.then(async () => {
      try {
        if (!this.#failed) await work()
      } catch (error) {
        this.#failed = true
        this.#onFailure(error)
      } finally {
        this.#length--
      }
    })
    return this.#last
  }

  /** Resolves when all that was added is done. */
  drained(): Promise<void> {
    this.#begin()
    return this.#last
  }
}
