export interface JournalEntry {
  readonly at: Date
  readonly method: string
  /** The path has its query, too. */
  readonly path: string
  /** It is null when the connection ended before an answer was sent whole. */
  readonly status: number | null
  readonly durationMs: number
  readonly userAgent: string | null
  /** The request met this fault. */
  readonly fault: string | null
}

const mostEntries = 1000

/** The last requests that were answered, oldest first. */
export class RequestJournal {
  #entries: JournalEntry[] = []

  add(entry: JournalEntry): void {
    this.#entries.push(entry)
    // Not at each request: to move a thousand entries takes longer than to add one.
    if (this.#entries.length >= 2 * mostEntries) this.#entries = this.#entries.slice(-mostEntries)
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries.slice(-mostEntries)
  }

  reset(): void {
    this.#entries = []
  }
}
