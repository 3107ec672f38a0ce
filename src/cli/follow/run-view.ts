import { type FollowedRun, type FollowedStep, isOver, wireStatus } from '../../client/run-api.ts'
import { type Display, formatElapsed } from './display.ts'

interface StepView {
  shownLog: number
  since: number
  done: boolean
}

/** Turns successive looks at a run into what is new since the last one. */
export class RunView {
  readonly #display: Display
  readonly #steps = new Map<number, StepView>()
  #waitingSince = performance.now()

  constructor(display: Display) {
    this.#display = display
  }

  show(run: FollowedRun): void {
    for (const step of run.run_steps) this.#showStep(step)
    const current = run.run_steps.find((step) => step.status === wireStatus.running)
    if (isOver(run.status)) this.#display.activity(undefined)
    else if (current !== undefined) this.#display.activity(current.name, this.#steps.get(current.index)?.since)
    else if (run.status === wireStatus.queued) this.#display.activity(describeQueue(run), this.#waitingSince)
    else if (run.status === wireStatus.starting) this.#display.activity('Starting', this.#waitingSince)
  }

  #showStep(step: FollowedStep): void {
    if (step.status < wireStatus.running) return // not begun
    const view = this.#steps.get(step.index) ?? { shownLog: 0, since: performance.now(), done: false }
    this.#steps.set(step.index, view)
    if (view.done) return
    if (step.status === wireStatus.running) this.#display.activity(step.name, view.since)
    this.#showLog(step, view)
    if (!isOver(step.status)) return
    view.done = true
    this.#display.activity(undefined)
    this.#display.line(`${mark(step.status)} ${step.name} (${formatElapsed(durationOf(step))})`)
  }

  /** Whole lines; the rest of a finished step's log too. */
  #showLog({ logs, status }: FollowedStep, view: StepView): void {
    const log = logs ?? ''
    const end = isOver(status) ? log.length : log.lastIndexOf('\n') + 1
    if (end <= view.shownLog) return
    const text = log.slice(view.shownLog, end).replace(/\n$/, '')
    view.shownLog = end
    for (const line of text.split('\n')) this.#display.line(`  ${line}`.trimEnd())
  }
}

function durationOf({ started_at: from, finished_at: to }: FollowedStep): number {
  return from === null || to === null ? 0 : Date.parse(to) - Date.parse(from)
}

function describeQueue({ blocked_by: ahead }: FollowedRun): string {
  return ahead.length === 0
    ? 'Queued'
    : `Queued behind run ${ahead.slice(0, 3).join(', ')}${ahead.length > 3 ? ', …' : ''}`
}

function mark(status: number): string {
  if (status === wireStatus.success) return '✔'
  return status === wireStatus.error ? '✖' : '–'
}
