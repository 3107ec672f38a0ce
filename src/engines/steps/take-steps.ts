import type { PlannedStep } from '../../domain/runs/run-step.ts'
import { hideCredentials } from '../../util/text/hide-credentials.ts'
import type { RunOutcome, RunPlan, RunSink, StepEnd } from '../run-engine.ts'
import { hidden, type SecretScrubber } from './secrets/secret-scrubber.ts'

/** The parts of a run that the order of its steps depends on, whichever engine executes it. */
export interface SteppedRun {
  readonly plan: RunPlan
  readonly sink: RunSink
  readonly signal: AbortSignal
  readonly secrets: SecretScrubber
}

/**
 * Takes the steps one after the other and reports their ends. The first that fails ends the run, except the checkboxes
 * for freshness and docs, which never do; what comes after the end is skipped.
 */
export async function takeSteps(
  run: SteppedRun,
  takeStep: (step: PlannedStep) => Promise<StepEnd>,
): Promise<RunOutcome> {
  try {
    return await takeInOrder(run, takeStep)
  } catch (error) {
    throw withoutSecrets(error, run.secrets)
  }
}

async function takeInOrder(
  { plan, sink, signal, secrets }: SteppedRun,
  takeStep: (step: PlannedStep) => Promise<StepEnd>,
): Promise<RunOutcome> {
  let outcome: RunOutcome = { outcome: 'success' }
  for (const step of plan.steps) {
    if (outcome.outcome === 'success' && signal.aborted) outcome = { outcome: 'stopped' }
    if (outcome.outcome !== 'success') {
      await sink.report({ type: 'stepFinished', step: step.index, end: { status: 'skipped' } })
      continue
    }
    const end = endWithoutSecrets(await takeStep(step), secrets)
    await sink.report({ type: 'stepFinished', step: step.index, end })
    if (end.status === 'cancelled') outcome = { outcome: 'stopped' }
    else if (end.status === 'error' && !mayFail(step))
      outcome = { outcome: 'error', message: secrets.scrub(runMessage(step, end)) }
  }
  return outcome
}

function endWithoutSecrets({ status, message }: StepEnd, secrets: SecretScrubber): StepEnd {
  return { status, ...(message !== undefined && { message: textWithoutSecrets(message, secrets) }) }
}

/** A fault of Stratus ends in the run's message and in the server's log. */
function withoutSecrets(error: unknown, secrets: SecretScrubber): unknown {
  if (!(error instanceof Error)) return error
  error.message = textWithoutSecrets(error.message, secrets)
  if (error.stack !== undefined) error.stack = textWithoutSecrets(error.stack, secrets)
  return error
}

function textWithoutSecrets(text: string, secrets: SecretScrubber): string {
  return secrets.scrub(hideCredentials(text, hidden))
}

function mayFail({ kind }: PlannedStep): boolean {
  return kind === 'freshness' || kind === 'docs'
}

function runMessage(step: PlannedStep, end: StepEnd): string {
  return `${step.command === undefined ? step.name : `\`${step.command}\``} failed: ${end.message ?? 'no reason is known'}`
}
