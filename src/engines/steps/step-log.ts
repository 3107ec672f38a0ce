import type { LogStream, RunSink } from '../run-engine.ts'
import type { SecretScrubber } from './secrets/secret-scrubber.ts'
import { TextScrubber } from './secrets/text-scrubber.ts'

const flushMs = 200
const flushLength = 128 * 1024

/** A program that prints goes on while so much of it is being stored. */
const maxUntaken = 1024 * 1024

const mebibyte = 1024 * 1024

/** One step's log may grow so long. */
const maxLength = 50 * mebibyte

/** Output beyond this, of a flooding program, is of use to nobody, and would hide what dbt says: that still follows. */
const maxPrinted: Readonly<Record<LogStream, number>> = { console: 16 * mebibyte, debug: maxLength }

const maxLineLength = mebibyte

interface Stream {
  /** This text is scrubbed and not handed on yet. */
  text: string
  /** So many characters have come so far. */
  length: number
  /** Says where it was cut: lines of a program first, all but Stratus's own sentences at last. */
  readonly cuts: Set<number>
  readonly scrubber: TextScrubber
}

/** Collects the log of one step and hands it on in chunks of whole lines, without secrets. */
export class StepLog {
  readonly #sink: RunSink
  readonly #index: number
  readonly #secrets: SecretScrubber
  readonly #streams: Readonly<Record<LogStream, Stream>>
  #timer: NodeJS.Timeout | undefined
  #begun = false
  #taken: Promise<unknown> = Promise.resolve()
  /** So many characters were handed on and are not taken yet. */
  #untaken = 0
  #failure: unknown

  constructor(sink: RunSink, index: number, secrets: SecretScrubber) {
    this.#sink = sink
    this.#index = index
    this.#secrets = secrets
    const stream = () => ({ text: '', length: 0, cuts: new Set<number>(), scrubber: new TextScrubber(secrets) })
    this.#streams = { console: stream(), debug: stream() }
  }

  /** Says how much longer than it is shown a text may have to be, to find the secrets in it. */
  get reach(): number {
    return this.#secrets.reach
  }

  /** It is true when there is no room for lines any more: they need not be read. */
  isCut(stream: LogStream): boolean {
    return this.#streams[stream].cuts.has(maxPrinted[stream])
  }

  /** Reports the step as started, with the command that is really run; only the first call counts. */
  begin(argv?: string): void {
    if (this.#begun) return
    this.#begun = true
    const shown = argv === undefined ? {} : { argv: this.#secrets.scrub(argv) }
    void this.#sink.report({ type: 'stepStarted', step: this.#index, ...shown })
  }

  /** Each of the program's lines must end in a newline. */
  write(stream: LogStream, lines: string): void {
    const log = this.#streams[stream]
    if (!this.#hasRoom(log, lines.length, maxPrinted[stream])) return
    log.text += log.scrubber.push(lines)
    this.#handOn(stream)
  }

  /** Keeps the begin of a line that is longer than people read. */
  writeLine(stream: LogStream, line: string): void {
    if (line.length <= maxLineLength) this.write(stream, `${line}\n`)
    else this.#writeClean(stream, `${this.#cut(line)}\n`, maxPrinted[stream])
  }

  /** dbt said the message. What comes before it has no secrets. */
  writeEvent(stream: LogStream, before: string, message: string): void {
    this.#writeClean(stream, `${before}${this.#cut(message)}\n`, maxLength)
  }

  /** Stratus itself says the sentence. */
  say(sentence: string): void {
    this.#writeClean('console', `${this.#cut(sentence)}\n`, Number.POSITIVE_INFINITY)
  }

  /** Hands on what there is, so that readers of the log see it now. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const stream of ['console', 'debug'] as const) {
      const log = this.#streams[stream]
      log.text += log.scrubber.end()
      this.#hand(stream)
    }
  }

  /** Resolves when more can be taken: whoever writes much waits for it. */
  async ready(): Promise<void> {
    if (this.#untaken > maxUntaken) await this.#taken
  }

  /** Hands on the rest. Rejects when some of the log could not be stored. */
  async end(): Promise<void> {
    this.flush()
    await this.#taken
    if (this.#failure !== undefined) throw this.#failure
  }

  #writeClean(stream: LogStream, text: string, limit: number): void {
    const log = this.#streams[stream]
    if (!this.#hasRoom(log, text.length, limit)) return
    log.text += log.scrubber.end() + text
    this.#handOn(stream)
  }

  #hasRoom(log: Stream, length: number, limit: number): boolean {
    if (!log.cuts.has(limit) && log.length + length <= limit) {
      log.length += length
      return true
    }
    if (!log.cuts.has(limit)) {
      const follows = limit < maxLength ? ' What dbt itself says follows.' : ''
      const note = `The log is cut here: it is longer than ${limit / mebibyte} MiB.${follows}\n`
      log.text += log.scrubber.end() + note
      log.cuts.add(limit)
    }
    return false
  }

  #cut(text: string): string {
    const clean = this.#secrets.scrubHead(text, maxLineLength)
    return text.length > maxLineLength ? `${clean} … (line cut)` : clean
  }

  #handOn(stream: LogStream): void {
    if (this.#streams[stream].text.length >= flushLength) this.#hand(stream)
    else this.#timer ??= setTimeout(() => this.flush(), flushMs)
  }

  #hand(stream: LogStream): void {
    const log = this.#streams[stream]
    if (log.text === '') return
    this.begin()
    const { text } = log
    log.text = ''
    this.#untaken += text.length
    const taken = this.#sink
      .report({ type: 'log', step: this.#index, stream, text })
      .catch((error: unknown) => {
        this.#failure ??= error
      })
      .finally(() => {
        this.#untaken -= text.length
      })
    this.#taken = Promise.all([this.#taken, taken])
  }
}
