import type { PlannedStep } from '../../../domain/runs/run-step.ts'
import { shortestHidden } from '../../../domain/secrets/secret-names.ts'
import { StoreError, StoreFullError } from '../../../domain/store-errors.ts'
import { errorCode } from '../../../util/error-code.ts'
import { hideCredentials } from '../../../util/text/hide-credentials.ts'
import type { StepEnd } from '../../run-engine.ts'
import { hidden } from '../../steps/secrets/secret-scrubber.ts'
import { endsStep } from '../../steps/step-failure.ts'
import { StepLog } from '../../steps/step-log.ts'
import { depsStep } from '../packages/deps-step.ts'
import type { Run } from '../run.ts'
import { cloneStep } from './clone-step.ts'
import { commandStep } from './command-step.ts'
import { isDiskFull } from './disk-full.ts'
import { profileStep } from './profile-step.ts'

/** Takes one step, whichever it is, and answers how it ended. */
export async function takeStep(run: Run, step: PlannedStep): Promise<StepEnd> {
  run.processes.isAtLast = step === run.plan.steps.at(-1)
  const log = new StepLog(run.sink, step.index, run.secrets)
  if (step === run.plan.steps[0]) warnOfShortSecrets(run, log)
  const end = await perform(run, step, log).catch((error: unknown) => {
    const reached = endAfter(error, run.signal)
    // The log has the errors of dbt itself already.
    if (reached.message !== undefined) log.say(hideCredentials(reached.message, hidden))
    return reached
  })
  return endOfLog(run, step, log, end)
}

/** A step whose log could not be stored whole has failed, whatever dbt says. */
async function endOfLog(run: Run, step: PlannedStep, log: StepLog, end: StepEnd): Promise<StepEnd> {
  log.begin(step.command)
  if (end.status === 'cancelled') log.say('The run was stopped.')
  try {
    await log.end()
    return end
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

/** Says how a step ends that was stopped, or that failed for a reason that a person can act on. */
function endAfter(error: unknown, signal: AbortSignal): StepEnd {
  if (signal.aborted) return { status: 'cancelled' }
  if (endsStep(error)) return { status: 'error', message: error.message }
  if (error instanceof StoreError) return { status: 'error', message: storeMessage(error) }
  if (isDiskFull(error)) return { status: 'error', message: `The disk is full: ${describe(error)}.` }
  if (isSystemError(error)) return { status: 'error', message: `The operating system refused: ${describe(error)}.` }
  throw error
}

function storeMessage(error: StoreError): string {
  return error instanceof StoreFullError ? `${error.message}.` : `The store of artifacts refused: ${error.message}.`
}

function isSystemError(error: unknown): boolean {
  return errorCode(error) !== undefined && typeof error === 'object' && error !== null && 'syscall' in error
}

function describe(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}
