import type { NodeReport } from '../../../domain/runs/node-report.ts'
import type { LogStream, StepEnd } from '../../run-engine.ts'

export interface ScriptLine {
  readonly atMs: number
  readonly stream: LogStream
  readonly text: string
}

/** It is told when the step is so far. */
export interface ScriptNode {
  readonly atMs: number
  readonly node: NodeReport
}

export interface ScriptFile {
  readonly path: string
  readonly content: string
}

/** A step's script is known before it begins. Times are milliseconds from the step's start. */
export interface StepScript {
  /** Gives the command that is really run, if one is. */
  readonly argv?: string
  readonly lines: readonly ScriptLine[]
  /** They are in the order of time, and absent from a step that works on none. */
  readonly nodes?: readonly ScriptNode[]
  readonly endMs: number
  readonly end: StepEnd
  /** Gives the files that the step leaves when it ends or is stopped at `untilMs`. */
  files(untilMs: number): readonly ScriptFile[]
}

/** Writes lines as dbt does, into both of a step's logs. */
export class ScriptWriter {
  readonly #startedAt: number
  readonly #lines: ScriptLine[] = []
  #time = { atMs: -1, text: '' }

  /** `startedAt`: the step's start by the scenario's clock. */
  constructor(startedAt: number) {
    this.#startedAt = startedAt
  }

  /** Lines are in the order of time; those of the same time are in the order of writing. */
  get lines(): ScriptLine[] {
    return this.#lines.toSorted((a, b) => a.atMs - b.atMs)
  }

  /** Writes a line that dbt's console shows. */
  say(atMs: number, message: string, { level = 'info', thread = 'MainThread' } = {}): void {
    this.#lines.push({ atMs, stream: 'console', text: `${this.#timeAt(atMs).slice(0, 8)}  ${message}\n` })
    this.note(atMs, message, { level, thread })
  }

  /** Writes a line that only dbt's log file shows. */
  note(atMs: number, message: string, { level = 'debug', thread = 'MainThread' } = {}): void {
    const text = `${this.#timeAt(atMs)}000 [${level.padEnd(5)}] [${thread.slice(0, 10).padEnd(10)}]: ${message}\n`
    this.#lines.push({ atMs, stream: 'debug', text })
  }

  /** A line as it is. */
  print(atMs: number, line: string): void {
    this.#lines.push({ atMs, stream: 'console', text: `${line}\n` })
  }

  printDebug(atMs: number, line: string): void {
    this.#lines.push({ atMs, stream: 'debug', text: `${line}\n` })
  }

  /** `HH:MM:SS.mmm`; many lines in a row have the same. */
  #timeAt(atMs: number): string {
    if (atMs !== this.#time.atMs) {
      this.#time = { atMs, text: new Date(this.#startedAt + atMs).toISOString().slice(11, 23) }
    }
    return this.#time.text
  }
}
