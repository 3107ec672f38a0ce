import { CommandError } from '../../domain/dbt-command/command-error.ts'
import type { PlannedStep } from '../../domain/run-step.ts'
import { shortestHidden } from '../../domain/secret-names.ts'
import { errorCode } from '../../util/error-code.ts'
import { hideCredentials } from '../../util/hide-credentials.ts'
import type { RunOutcome, StepEnd } from '../run-engine.ts'
import { hidden } from '../steps/secret-scrubber.ts'
import { StepLog } from '../steps/step-log.ts'
import { cloneStep } from './clone-step.ts'
import { isDiskFull } from './collect-artifacts.ts'
import { commandStep } from './command-step.ts'
import { depsStep } from './packages/deps-step.ts'
import { profileStep } from './profile-step.ts'
import type { Run } from './run.ts'
import { StepFailure } from './step-failure.ts'

/**
 * Takes the steps one after the other. The first that fails ends the run, except the checkboxes for freshness
 * and docs, which never do; what comes after the end is skipped.
 */
export async function takeSteps(run: Run): Promise<RunOutcome> {
  try {
    return await takeInOrder(run)
  } catch (error) {
    throw withoutSecrets(error, run)
  }
}

/** A fault of Stratus ends in the run's message and in the server's log. */
function withoutSecrets(error: unknown, { secrets }: Run): unknown {
  if (!(error instanceof Error)) return error
  error.message = secrets.scrub(hideCredentials(error.message, hidden))
  if (error.stack !== undefined) error.stack = secrets.scrub(hideCredentials(error.stack, hidden))
  return error
}

async function takeInOrder(run: Run): Promise<RunOutcome> {
  let outcome: RunOutcome = { outcome: 'success' }
  for (const step of run.plan.steps) {
    if (outcome.outcome === 'success' && run.signal.aborted) outcome = { outcome: 'stopped' }
    if (outcome.outcome !== 'success') {
      await run.sink.stepFinished(step.index, { status: 'skipped' })
      continue
    }
    run.processes.isAtLast = step === run.plan.steps.at(-1)
    const end = await takeStep(run, step)
    if (end.status === 'cancelled') outcome = { outcome: 'stopped' }
    else if (end.status === 'error' && !mayFail(step))
      outcome = { outcome: 'error', message: run.secrets.scrub(runMessage(step, end)) }
  }
  return outcome
}

async function takeStep(run: Run, step: PlannedStep): Promise<StepEnd> {
  const log = new StepLog(run.sink, step.index, run.secrets)
  if (step === run.plan.steps[0]) warnOfShortSecrets(run, log)
  const end = await perform(run, step, log)
    .catch((error: unknown) => {
      const reached = endAfter(error, run.signal)
      // The log has the errors of dbt itself already.
      if (reached.message !== undefined) log.say(hideCredentials(reached.message, hidden))
      return reached
    })
    .then((reached) => endOfLog(run, step, log, reached))
  await run.sink.stepFinished(step.index, end)
  return end
}

/** A step whose log could not be stored whole has failed, whatever dbt says. */
async function endOfLog(run: Run, step: PlannedStep, log: StepLog, end: StepEnd): Promise<StepEnd> {
  log.begin(step.command)
  if (end.status === 'cancelled') log.say('The run was stopped.')
  const message = end.message === undefined ? undefined : run.secrets.scrub(hideCredentials(end.message, hidden))
  try {
    await log.end()
    return { status: end.status, ...(message !== undefined && { message }) }
  } catch (error) {
    return endAfter(error, run.signal)
  }
}

function warnOfShortSecrets({ secrets }: Run, log: StepLog): void {
  for (const name of secrets.shortNames) {
    log.say(
      `Warning: the secret ${name} has fewer than ${shortestHidden} characters. It is not hidden in logs and artifacts.`,
    )
  }
}

function perform(run: Run, step: PlannedStep, log: StepLog): Promise<StepEnd> {
  switch (step.kind) {
    case 'clone':
      return cloneStep(run, log)
    case 'profile':
      return profileStep(run, log)
    case 'deps':
      return depsStep(run, step, log)
    case 'freshness':
    case 'command':
    case 'docs':
      return commandStep(run, step, log)
  }
}

/** A reason that a person can act on ends the step; anything else is a fault of Stratus and ends `execute`. */
function endAfter(error: unknown, signal: AbortSignal): StepEnd {
  if (signal.aborted) return { status: 'cancelled' }
  if (error instanceof StepFailure || error instanceof CommandError) return { status: 'error', message: error.message }
  if (isDiskFull(error)) return { status: 'error', message: `The disk is full: ${describe(error)}.` }
  if (isSystemError(error)) return { status: 'error', message: `The operating system refused: ${describe(error)}.` }
  throw error
}

function isSystemError(error: unknown): boolean {
  return errorCode(error) !== undefined && typeof error === 'object' && error !== null && 'syscall' in error
}

function describe(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}

function mayFail({ kind }: PlannedStep): boolean {
  return kind === 'freshness' || kind === 'docs'
}

function runMessage(step: PlannedStep, end: StepEnd): string {
  return `${step.command === undefined ? step.name : `\`${step.command}\``} failed: ${end.message ?? 'no reason is known'}`
}
