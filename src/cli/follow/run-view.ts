import { type FollowedRun, type FollowedStep, isOver } from '../../client/run-api.ts'
import { statusCodes } from '../../domain/runs/run-status.ts'
import { paint } from '../output/colours.ts'
import { plainText } from '../output/terminal-text.ts'
import { type Display, formatElapsed } from './display.ts'
import { paintLogLine } from './paint-log-line.ts'

interface StepView {
  shownLog: number
  since: number
  done: boolean
}

export interface ViewOptions {
  /** Shows only this step. */
  readonly step?: number
  /** Shows the lines that dbt writes into its own log, in place of those that it prints. */
  readonly debug?: boolean
}

/** Turns successive looks at a run into what is new since the last one. */
export class RunView {
  readonly #display: Display
  readonly #options: ViewOptions
  readonly #steps = new Map<number, StepView>()
  #waitingSince = performance.now()

  constructor(display: Display, options: ViewOptions = {}) {
    this.#display = display
    this.#options = options
  }

  show(run: FollowedRun): void {
    const { step: only } = this.#options
    const steps = run.run_steps.filter(({ index }) => only === undefined || index === only)
    for (const step of steps) this.#showStep(step)
    const current = steps.find((step) => step.status === statusCodes.running)
    // The step of a cancelled run ends after the run.
    if (current !== undefined) this.#display.activity(current.name, this.#steps.get(current.index)?.since)
    else if (isOver(run.status)) this.#display.activity(undefined)
    else if (run.status === statusCodes.queued) this.#display.activity(describeQueue(run), this.#waitingSince)
    else if (run.status === statusCodes.starting) this.#display.activity('Starting', this.#waitingSince)
  }

  #showStep(step: FollowedStep): void {
    if (step.status < statusCodes.running) return // not begun
    const view = this.#steps.get(step.index) ?? { shownLog: 0, since: performance.now(), done: false }
    this.#steps.set(step.index, view)
    if (view.done) return
    if (step.status === statusCodes.running) this.#display.activity(step.name, view.since)
    this.#showLog(step, view)
    if (!isOver(step.status)) return
    view.done = true
    this.#display.activity(undefined)
    this.#display.line(describeStep(step))
  }

  /** Takes whole lines, and the rest of a finished step's log too. */
  #showLog({ logs, debug_logs: debugLogs, status }: FollowedStep, view: StepView): void {
    const log = (this.#options.debug ? debugLogs : logs) ?? ''
    const end = isOver(status) ? log.length : log.lastIndexOf('\n') + 1
    if (end <= view.shownLog) return
    const text = log.slice(view.shownLog, end).replace(/\n$/, '')
    view.shownLog = end
    for (const line of text.split('\n')) this.#display.line(`  ${paintLogLine(line)}`.trimEnd())
  }
}

/** `✔ Clone git repository (0.3s)` */
export function describeStep(step: Pick<FollowedStep, 'name' | 'status' | 'started_at' | 'finished_at'>): string {
  const time = step.started_at === null ? '' : ` (${formatElapsed(durationOf(step))})`
  return `${mark(step.status)} ${plainText(step.name)}${time}`
}

function durationOf({ started_at: from, finished_at: to }: Pick<FollowedStep, 'started_at' | 'finished_at'>): number {
  return from === null || to === null ? 0 : Date.parse(to) - Date.parse(from)
}

function describeQueue({ blocked_by: ahead }: FollowedRun): string {
  return ahead.length === 0
    ? 'Queued'
    : `Queued behind run ${ahead.slice(0, 3).join(', ')}${ahead.length > 3 ? ', …' : ''}`
}

function mark(status: number): string {
  if (status === statusCodes.success) return paint('green', '✔')
  return status === statusCodes.error ? paint('red', '✖') : paint('yellow', '–')
}
