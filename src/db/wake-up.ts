import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import pg from 'pg'
import type { Database } from './database.ts'
import { persistently } from './persistently.ts'

/**
 * `queued`: a run may be claimed. `freed`: something that a run held alone may be had. `cancelled`: a held run was cancelled.
 * `ended`: a run has its final status. `missed`: nobody listened for a while, so that any of these may have happened.
 * These are hints that save latency; polling is the truth.
 */
export type WakeUpEvent =
  | { readonly kind: 'queued' }
  | { readonly kind: 'freed' }
  | { readonly kind: 'cancelled'; readonly runId: number }
  | { readonly kind: 'ended'; readonly runId: number }
  | { readonly kind: 'missed' }

export interface WakeUp {
  /** Call after the commit: a NOTIFY inside a transaction serialises commits. */
  publish(event: WakeUpEvent): void
  /** Answers how to unsubscribe. */
  subscribe(handler: (event: WakeUpEvent) => void): () => void
}

/** A whole process shares this one. */
export interface ProcessWakeUp extends WakeUp, AsyncDisposable {
  /** Begins to hear of other processes. */
  start(): void
}

const channel = 'stratus_wake_up'

interface Message {
  readonly from: string
  readonly events: readonly WakeUpEvent[]
}

/** Other processes hear of ends so much later, of many at once: only held polls wait for that. */
const endedDelayMs = 25

/** Says how long a server that listens is waited for. */
const patienceMs = 10_000

/** A notification may have 8,000 bytes. */
const eventsPerMessage = 100

/** Spreads wake-ups within the process and, on PostgreSQL, to every other process. */
export class DatabaseWakeUp implements ProcessWakeUp {
  readonly #id = randomUUID()
  readonly #emitter = new EventEmitter().setMaxListeners(0)
  readonly #database: Database
  readonly #stopped = new AbortController()
  #listener: pg.Client | undefined
  #unsent: WakeUpEvent[] = []
  #immediate: NodeJS.Immediate | undefined
  #timeout: NodeJS.Timeout | undefined

  constructor(database: Database) {
    this.#database = database
  }

  /** A broken connection is made anew in the background. */
  start(): void {
    if (this.#database.url !== undefined) void this.#listen(this.#database.url)
  }

  publish(event: WakeUpEvent): void {
    this.#emitter.emit('event', event)
    if (this.#database.url === undefined) return
    if (event.kind === 'queued' && this.#unsent.some(({ kind }) => kind === 'queued')) return
    this.#unsent.push(event)
    // On the next turn, so that a burst of triggers costs one notification.
    if (event.kind !== 'ended') this.#immediate ??= setImmediate(() => this.#send())
    else this.#timeout ??= setTimeout(() => this.#send(), endedDelayMs)
  }

  subscribe(handler: (event: WakeUpEvent) => void): () => void {
    this.#emitter.on('event', handler)
    return () => this.#emitter.off('event', handler)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort()
    this.#cancelSending()
    await this.#listener?.end().catch(() => {})
  }

  #send(): void {
    this.#cancelSending()
    const unsent = this.#unsent
    this.#unsent = []
    for (let at = 0; at < unsent.length; at += eventsPerMessage) {
      const message: Message = { from: this.#id, events: unsent.slice(at, at + eventsPerMessage) }
      this.#database.pool.query('select pg_notify($1, $2)', [channel, JSON.stringify(message)]).catch(() => {
        // Only a hint was lost; polling finds the run.
      })
    }
  }

  #cancelSending(): void {
    clearImmediate(this.#immediate)
    clearTimeout(this.#timeout)
    this.#immediate = undefined
    this.#timeout = undefined
  }

  async #listen(url: string): Promise<void> {
    try {
      await persistently(
        () => this.#connect(url),
        this.#stopped.signal,
        () => true,
      )
    } catch {
      // Stopped.
    }
  }

  async #connect(url: string): Promise<void> {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'stratus-listen',
      connectionTimeoutMillis: patienceMs,
      query_timeout: patienceMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 30_000,
    })
    client.on('error', () => {}) // `end` follows
    client.on('notification', ({ payload }) => this.#receive(payload))
    try {
      await client.connect()
      await client.query(`listen ${channel}`)
    } catch (error) {
      void client.end().catch(() => {}) // of a server that is silent, the end is not waited for
      throw error
    }
    if (this.#stopped.signal.aborted) return client.end()
    this.#listener = client
    client.once('end', () => {
      this.#database.reachability.suspect(new Error('Connection terminated unexpectedly'))
      if (!this.#stopped.signal.aborted) void this.#listen(url)
    })
    // Events may have been published while nobody listened.
    this.#emitter.emit('event', { kind: 'missed' } satisfies WakeUpEvent)
  }

  #receive(payload: string | undefined): void {
    if (payload === undefined) return
    const message: Message = JSON.parse(payload)
    if (message.from === this.#id) return
    for (const event of message.events) this.#emitter.emit('event', event)
  }
}
