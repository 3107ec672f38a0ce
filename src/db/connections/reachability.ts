import pg from 'pg'
import { persistently } from '../persistently.ts'
import { isTransientError } from '../pg-errors.ts'

export interface ReachabilityListener {
  lost(error: unknown): void
  /** `seconds`: how long it was away. */
  back(seconds: number): void
}

/*
 * Knows whether the database can be reached, for those who tell people and for those who answer for it.
 *
 *   reachable ──a failure that a new connection confirms──▶ lost ──a new connection that may write──▶ reachable
 *
 * One connection that was cut is no loss, and a standby that lets in but refuses to write is no return.
 */
export class Reachability implements Disposable {
  readonly #ask: () => Promise<void>
  readonly #listeners = new Set<ReachabilityListener>()
  readonly #closed = new AbortController()
  #lostAt: number | undefined
  #asking = false

  /** `ask` rejects when the database does not answer, or takes no writes. */
  constructor(ask: () => Promise<void>) {
    this.#ask = ask
  }

  get isReachable(): boolean {
    return this.#lostAt === undefined
  }

  listen(listener: ReachabilityListener): void {
    this.#listeners.add(listener)
  }

  /** Callers report a statement or connection that failed. */
  suspect(error: unknown): void {
    if (this.#asking || this.#closed.signal.aborted || !isTransientError(error)) return
    this.#asking = true
    void this.#untilBack(performance.now()).finally(() => {
      this.#asking = false
    })
  }

  [Symbol.dispose](): void {
    this.#closed.abort()
  }

  async #untilBack(since: number): Promise<void> {
    const ask = () =>
      this.#ask().catch((error: unknown) => {
        this.#lose(since, error)
        throw error
      })
    try {
      await persistently(ask, this.#closed.signal, () => true)
    } catch {
      return // closed
    }
    if (this.#lostAt === undefined) return
    const seconds = (performance.now() - this.#lostAt) / 1000
    this.#lostAt = undefined
    for (const listener of this.#listeners) listener.back(seconds)
  }

  #lose(since: number, error: unknown): void {
    if (this.#lostAt !== undefined) return
    this.#lostAt = since
    for (const listener of this.#listeners) listener.lost(error)
  }
}

const patienceMs = 5000

/** Asks over a new connection whether the server at `url` takes writes. */
export async function askServer(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'stratus-ask',
    connectionTimeoutMillis: patienceMs,
    query_timeout: patienceMs,
  })
  client.on('error', () => {}) // whoever waits for an answer hears of it
  try {
    await client.connect()
    const { rows } = await client.query<{ read_only: string }>(
      "select current_setting('transaction_read_only') as read_only",
    )
    if (rows[0]?.read_only === 'on') {
      throw Object.assign(new Error('The server takes no writes: it is a standby.'), { code: '25006' })
    }
  } finally {
    void client.end().catch(() => {}) // of a server that is silent, the end is not waited for
  }
}
