import type { LogStream, RunSink } from '../run-engine.ts'
import type { Scrub } from './secret-scrubber.ts'

const flushMs = 200
const flushLength = 32 * 1024

/** One step's log may grow so long; what a flooding program prints beyond is of use to nobody. */
const maxLength = 50 * 1024 * 1024

/** Collects the log of one step and hands it on in chunks of whole lines, without secrets. */
export class StepLog {
  readonly #sink: RunSink
  readonly #index: number
  readonly #scrub: Scrub
  readonly #streams = { console: { text: '', written: 0 }, debug: { text: '', written: 0 } }
  #timer: NodeJS.Timeout | undefined
  #begun = false
  #taken: Promise<unknown> = Promise.resolve()
  #failure: unknown

  constructor(sink: RunSink, index: number, scrub: Scrub) {
    this.#sink = sink
    this.#index = index
    this.#scrub = scrub
  }

  /** Reports the step as started, with the command that is really run; only the first call counts. */
  begin(argv?: string): void {
    if (this.#begun) return
    this.#begun = true
    this.#sink.stepStarted(this.#index, argv === undefined ? undefined : this.#scrub(argv))
  }

  /** `lines` end in a newline. */
  write(stream: LogStream, lines: string): void {
    const log = this.#streams[stream]
    if (log.written > maxLength) return
    log.written += lines.length
    log.text += log.written > maxLength ? 'The log is cut here: it is longer than 50 MiB.\n' : lines
    if (log.text.length >= flushLength) this.#hand(stream)
    else this.#timer ??= setTimeout(() => this.flush(), flushMs)
  }

  /** A sentence of Stratus's own. */
  say(sentence: string): void {
    this.write('console', `${sentence}\n`)
  }

  /** Hands on what there is, so that readers of the log see it now. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#hand('console')
    this.#hand('debug')
  }

  /** Resolves when more can be taken: whoever writes much waits for it. */
  async ready(): Promise<void> {
    await this.#taken
  }

  /** Hands on the rest. Rejects when some of the log could not be stored. */
  async end(): Promise<void> {
    this.flush()
    await this.#taken
    if (this.#failure !== undefined) throw this.#failure
  }

  #hand(stream: LogStream): void {
    const log = this.#streams[stream]
    if (log.text === '') return
    this.begin()
    const text = this.#scrub(log.text)
    log.text = ''
    const taken = this.#sink.log(this.#index, stream, text).catch((error: unknown) => {
      this.#failure ??= error
    })
    this.#taken = Promise.all([this.#taken, taken])
  }
}
