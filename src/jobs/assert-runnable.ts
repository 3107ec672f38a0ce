import { commandProblems } from '../domain/dbt-command/command-problems.ts'
import { InvalidRequestError } from '../domain/errors.ts'
import type { JobSettings } from '../domain/job.ts'
import { scheduleProblem } from '../domain/schedule-problem.ts'

/**
 * Throws one InvalidRequestError for all that could never run or fire. What the job has already may stay: clients send
 * whole jobs back to change one field of them.
 */
export function assertRunnable(settings: JobSettings, before: JobSettings | undefined): void {
  const fields = {
    ...commandProblems('execute_steps', settings.execute_steps, before?.execute_steps),
    ...(settings.trigger_schedule && scheduleProblems(settings)),
  }
  if (Object.keys(fields).length > 0) throw new InvalidRequestError(Object.values(fields).join(' '), { fields })
}

function scheduleProblems({ schedule }: JobSettings): Record<string, string> {
  const problem = scheduleProblem(schedule)
  if (problem === undefined) return {}
  return { [['schedule', ...problem.path].join('.')]: `Expected ${problem.expected}. Got ${problem.got}.` }
}
