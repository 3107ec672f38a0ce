import type { FollowedRun } from '../../client/run-api.ts'
import { statusCodes } from '../../domain/runs/run-status.ts'
import { type Colour, paint } from '../output/colours.ts'

/** 0 for success, 1 for an error, a cancelled run, or one that was left. */
export function exitCodeOf(run: Pick<FollowedRun, 'status'> | undefined): number {
  return run?.status === statusCodes.success ? 0 : 1
}

/** Says how a run ended, in a sentence. */
export function describeEnd(run: FollowedRun): string {
  const message = run.status_message ? `: ${run.status_message}` : '.'
  if (run.status === statusCodes.success) return describeSuccess(run, message)
  if (run.status === statusCodes.error) return `${paint('red', `Run ${run.id} failed`)}${message}`
  return `${paint('yellow', `Run ${run.id} was cancelled`)}${message}`
}

/** The colour that a status has wherever it stands. */
export function colourOfStatus(status: number): Colour | undefined {
  switch (status) {
    case statusCodes.success:
      return 'green'
    case statusCodes.error:
      return 'red'
    case statusCodes.cancelled:
      return 'yellow'
    default:
      return undefined
  }
}

function describeSuccess(run: FollowedRun, message: string): string {
  const warnings = run.run_steps.reduce((sum, step) => sum + warningsIn(step.logs ?? ''), 0)
  if (warnings === 0) return `${paint('green', `Run ${run.id} succeeded`)}${message}`
  const counted = `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`
  return `${paint('green', `Run ${run.id} succeeded`)} with ${paint('yellow', counted)}${message}`
}

/** Reads the count that dbt prints at the end of a command: `Done. PASS=17 WARN=1 ERROR=0 …`. */
function warningsIn(log: string): number {
  const counts = /\bDone\. PASS=\d{1,9} WARN=(\d{1,9})\b/.exec(log.slice(-2_000))
  return Number(counts?.[1] ?? 0)
}
