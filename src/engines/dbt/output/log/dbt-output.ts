import path from 'node:path'
import type { LogStream } from '../../../run-engine.ts'
import type { StepLog } from '../../../steps/step-log.ts'
import type { ProgramOutput } from '../../processes/run-processes.ts'
import { FailureNotes } from '../failure/failure-notes.ts'
import { type DbtEvent, parseEvent, timeOf } from './dbt-event.ts'
import { LineSplitter, maxLineLength } from './line-splitter.ts'
import { withoutStrayResets } from './plain-text.ts'
import { tailFile } from './tail-file.ts'

export interface DbtOutputOptions {
  readonly debugFile: string
  /** A text as people should read it. */
  readonly show: (text: string) => string
  readonly onVersion: (version: string) => void
  readonly onEvent: (event: DbtEvent) => void
}

/**
 * Turns what one dbt invocation prints and logs into the step's two logs, while it runs. Lines of a program are taken
 * together, a chunk at a time, so that a program that prints many costs little.
 */
export class DbtOutput implements ProgramOutput {
  readonly notes = new FailureNotes()
  readonly #log: StepLog
  readonly #options: DbtOutputOptions
  readonly #events: LineSplitter
  readonly #errors: LineSplitter
  readonly #debug: LineSplitter
  readonly #debugFile: { finish(): Promise<void> }
  /** These lines of the chunk are not written yet, by stream. */
  readonly #lines: Record<LogStream, string[]> = { console: [], debug: [] }

  constructor(log: StepLog, options: DbtOutputOptions) {
    this.#log = log
    this.#options = options
    const { reach } = log
    this.#events = new LineSplitter((line) => this.#hearLine(line), { reach })
    this.#errors = new LineSplitter((line) => this.#add('console', line), { reach })
    this.#debug = new LineSplitter((line) => this.#hearDebugLine(line), { reach })
    this.#debugFile = tailFile(options.debugFile, {
      onUnfit: (reason) => log.say(`${path.basename(options.debugFile)} ${reason}: the debug log is not read on.`),
      onChunk: async (chunk) => {
        this.#debug.push(chunk)
        this.#writeLines('debug')
        await log.ready()
        return !log.isCut('debug')
      },
    })
  }

  async stdout(chunk: Buffer): Promise<void> {
    this.#events.push(chunk)
    this.#writeLines('console')
    await this.#log.ready()
  }

  async stderr(chunk: Buffer): Promise<void> {
    this.#errors.push(chunk)
    this.#writeLines('console')
    await this.#log.ready()
  }

  /** Hands on the rest of everything; it is to be called when the program is gone. */
  async end(): Promise<void> {
    this.#events.end()
    this.#errors.end()
    this.#writeLines('console')
    await this.#debugFile.finish()
    this.#debug.end()
    this.#writeLines('debug')
  }

  #hearLine(line: string): void {
    const event = parseEvent(line)
    if (event === undefined) {
      this.#add('console', line)
      return
    }
    this.#writeLines('console')
    const { version } = this.notes
    this.notes.hear(event)
    this.#options.onEvent(event)
    if (version === undefined && this.notes.version !== undefined) this.#options.onVersion(this.notes.version)
    this.#writeEvent('console', event.name === 'PrintEvent' ? '' : `${timeOf(event).slice(0, 8)}  `, event)
  }

  /** dbt 2 writes events into this file, too. */
  #hearDebugLine(line: string): void {
    const event = parseEvent(line)
    if (event === undefined) {
      this.#add('debug', line)
      return
    }
    this.#writeLines('debug')
    const thread = event.thread.slice(0, 10).padEnd(10)
    this.#writeEvent('debug', `${timeOf(event)} [${event.level.padEnd(5)}] [${thread}]: `, event)
  }

  #writeEvent(stream: LogStream, before: string, event: DbtEvent): void {
    this.#log.writeEvent(stream, before, this.#options.show(event.msg))
  }

  #add(stream: LogStream, line: string): void {
    if (line.length <= maxLineLength) this.#lines[stream].push(line)
    else {
      this.#writeLines(stream)
      this.#log.writeLine(stream, line)
    }
  }

  #writeLines(stream: LogStream): void {
    const lines = this.#lines[stream]
    if (lines.length === 0) return
    if (stream === 'console') this.notes.hearPlainLines(lines)
    if (!this.#log.isCut(stream)) {
      const text = this.#options.show(`${lines.join('\n')}\n`)
      this.#log.write(stream, stream === 'console' ? withoutStrayResets(text) : text)
    }
    this.#lines[stream] = []
  }
}
