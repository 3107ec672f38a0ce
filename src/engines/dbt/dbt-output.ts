import { parseEvent, renderForConsole, renderForDebugLog } from './dbt-event.ts'
import { FailureNotes } from './failure-notes.ts'
import { LineSplitter } from './line-splitter.ts'
import type { ProgramOutput } from './run-processes.ts'
import type { StepLog } from './step-log.ts'
import { tailFile } from './tail-file.ts'

/** Turns what one dbt invocation prints and logs into the step's two logs, while it runs. */
export class DbtOutput implements ProgramOutput {
  readonly notes = new FailureNotes()
  readonly #events: LineSplitter
  readonly #errors: LineSplitter
  readonly #debug: LineSplitter
  readonly #debugFile: { finish(): Promise<void> }

  readonly #log: StepLog

  constructor(log: StepLog, debugFile: string, onVersion: (version: string) => void) {
    this.#log = log
    this.#events = new LineSplitter((line) => {
      const event = parseEvent(line)
      if (event === undefined) {
        this.notes.hearPlainLine(line)
        log.write('console', `${line}\n`)
        return
      }
      const known = this.notes.version
      this.notes.hear(event)
      if (known === undefined && this.notes.version !== undefined) onVersion(this.notes.version)
      log.write('console', renderForConsole(event))
    })
    this.#errors = new LineSplitter((line) => {
      this.notes.hearPlainLine(line)
      log.write('console', `${line}\n`)
    })
    this.#debug = new LineSplitter((line) => {
      const event = parseEvent(line)
      log.write('debug', event === undefined ? `${line}\n` : renderForDebugLog(event))
    })
    this.#debugFile = tailFile(debugFile, (chunk) => {
      this.#debug.push(chunk)
      return log.ready()
    })
  }

  async stdout(chunk: Buffer): Promise<void> {
    this.#events.push(chunk)
    await this.#log.ready()
  }

  async stderr(chunk: Buffer): Promise<void> {
    this.#errors.push(chunk)
    await this.#log.ready()
  }

  /** The rest of everything; to be called when the program is gone. */
  async end(): Promise<void> {
    this.#events.end()
    this.#errors.end()
    await this.#debugFile.finish()
    this.#debug.end()
  }
}
