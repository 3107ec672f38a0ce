import { PGlite, messages as protocol } from '@electric-sql/pglite'
import { SetupError } from '../../domain/errors.ts'

type Exec = PGlite['execProtocolStream']
type Message = Awaited<ReturnType<Exec>>[number]

/** PGlite as `pg` uses it. */
export class PgliteForPg extends PGlite {
  readonly #broken = new AbortController()
  #panic: Message | undefined

  /** It is aborted, with a reason that a person can act on, when it cannot go on: it must be opened anew. */
  get broken(): AbortSignal {
    return this.#broken.signal
  }

  /** Prepares the parsers of PGlite's own interface, by a slow query that is of no use to `pg`. */
  override async _initArrayTypes(): Promise<void> {}

  /** After a PANIC (no space for its log of changes) the next call would block the whole process for good: there is none. */
  override async execProtocolStream(...args: Parameters<Exec>): ReturnType<Exec> {
    const type = String.fromCharCode(args[0][0] ?? 0)
    // Once for each query: with its only message, or with Execute (E).
    if (this.#panic !== undefined) return refusal('QE'.includes(type) ? this.#panic : undefined, type)
    const messages = await super.execProtocolStream(...args)
    this.#panic = messages.find((message) => 'severity' in message && message.severity === 'PANIC')
    if (this.#panic === undefined) return messages
    this.#end('message' in this.#panic ? String(this.#panic.message) : 'no reason is known')
    return refusal(this.#panic, type)
  }

  /** Makes an end of it for a reason that it cannot see itself; nothing is asked of it any more. */
  giveUp(reason: string): void {
    this.#panic ??= Object.assign(new protocol.DatabaseError(reason, reason.length, 'error'), { severity: 'PANIC' })
    this.#end(reason)
  }

  #end(reason: string): void {
    this.#broken.abort(new SetupError(`The embedded database had to stop: ${reason}.`))
  }
}

/** The answer to a query (Q) or to a part of one, which Sync (S) ends: an error, and that the next query may come. */
function refusal(error: Message | undefined, type: string): Message[] {
  const ready = { name: 'readyForQuery' as const, length: 5, status: 'I' }
  return [...(error === undefined ? [] : [error]), ...('QS'.includes(type) ? [ready] : [])]
}
