import type { RunEngine, RunOutcome, RunPlan, RunSink } from '../../src/engines/run-engine.ts'

type Script = (plan: RunPlan, sink: RunSink, signal: AbortSignal) => Promise<RunOutcome>

/** An engine whose runs do what the test says; it counts the runs that execute at the same time. */
export class ScriptedEngine implements RunEngine {
  readonly renewed: number[] = []
  readonly executed: number[] = []
  active = 0
  maxActive = 0
  script: Script

  constructor(script: Script) {
    this.script = script
  }

  async execute(plan: RunPlan, sink: RunSink, signal: AbortSignal): Promise<RunOutcome> {
    this.active++
    this.maxActive = Math.max(this.maxActive, this.active)
    this.executed.push(plan.runId)
    try {
      await sink.report({ type: 'stepsPlanned', steps: plan.steps })
      return await this.script(plan, sink, signal)
    } finally {
      this.active--
    }
  }

  renew(runId: number): void {
    this.renewed.push(runId)
  }

  /** Replaced by tests in which a run leaves something. */
  cleared: (runId: number) => Promise<void> = async () => {}
}

/** Plays a run whose steps all succeed at once. */
export const succeeding: Script = async (plan, sink) => {
  for (const step of plan.steps) {
    await sink.report({
      type: 'stepStarted',
      step: step.index,
      ...(step.command !== undefined && { argv: step.command }),
    })
    await sink.report({ type: 'log', step: step.index, stream: 'console', text: `${step.name}\n` })
    await sink.report({ type: 'stepFinished', step: step.index, end: { status: 'success' } })
  }
  return { outcome: 'success' }
}

/** The first step starts and goes on until the run is stopped. */
export const untilStopped: Script = async (plan, sink, signal) => {
  await sink.report({ type: 'stepStarted', step: 1 })
  await aborted(signal)
  await sink.report({ type: 'stepFinished', step: 1, end: { status: 'cancelled' } })
  for (const step of plan.steps.slice(1))
    await sink.report({ type: 'stepFinished', step: step.index, end: { status: 'skipped' } })
  return { outcome: 'stopped' }
}

/** Nothing starts until the run is stopped. */
export const neverStarting: Script = async (_plan, _sink, signal) => {
  await aborted(signal)
  return { outcome: 'stopped' }
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve())
  })
}
