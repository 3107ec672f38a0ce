import type { SecretScrubber } from './secret-scrubber.ts'

/** A text whose secrets run on for so long is cut wherever it is. */
const maxHeld = 128 * 1024

/** Hides secrets in a text that comes in pieces, wherever it is cut. */
export class TextScrubber {
  readonly #scrubber: SecretScrubber
  #held = ''

  constructor(scrubber: SecretScrubber) {
    this.#scrubber = scrubber
  }

  /** Returns what can be shown by now, and holds back as much of the end as may be the begin of a secret. */
  push(text: string): string {
    if (this.#scrubber.isIdle) return text
    const whole = this.#held + text
    const latest = whole.length - this.#scrubber.reach
    if (latest <= 0) {
      this.#held = whole
      return ''
    }
    // After a line, where there is one, so that readers see whole ones.
    const line = whole.lastIndexOf('\n', latest - 1) + 1
    const cut = this.#scrubber.cutBefore(whole, line > 0 ? line : latest)
    if (cut === 0 && whole.length > maxHeld) return this.#show(whole, '')
    return this.#show(whole.slice(0, cut), whole.slice(cut))
  }

  /** Gives the rest. */
  end(): string {
    return this.#show(this.#held, '')
  }

  #show(text: string, held: string): string {
    this.#held = held
    return this.#scrubber.scrub(text)
  }
}
