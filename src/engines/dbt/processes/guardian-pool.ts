import { Guardian } from './guardian.ts'

/** Keeps one guardian waiting, so that starting dbt does not wait for a Node to start. */
export class GuardianPool {
  readonly #namespace: readonly string[] | undefined
  #idle: Guardian | undefined
  #closed = false

  constructor(namespace?: readonly string[]) {
    this.#namespace = namespace
  }

  warm(): void {
    if (this.#closed || this.#idle?.usable) return
    const guardian = this.#make()
    if (guardian === undefined) return
    this.#idle = guardian
    void guardian.ended.then(() => {
      if (this.#idle === guardian) this.#idle = undefined
    })
  }

  /** It is undefined where no process can be made now: whoever needs one tries again, and says so. */
  #make(): Guardian | undefined {
    try {
      return new Guardian(this.#namespace)
    } catch {
      return undefined
    }
  }

  /** It is called when a guardian will be taken soon. */
  rouse(): void {
    this.#idle?.rouse()
  }

  /** Answers the waiting guardian, else a new one; `warm` makes the next. */
  take(): Guardian {
    const guardian = this.#idle?.usable ? this.#idle : new Guardian(this.#namespace)
    this.#idle = undefined
    return guardian
  }

  async close(): Promise<void> {
    this.#closed = true
    const idle = this.#idle
    this.#idle = undefined
    idle?.dismiss()
    await idle?.ended
  }
}
