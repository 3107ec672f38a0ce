import type { Db, Tx } from '../../db/database.ts'
import { dbtOfEnvironment } from '../../db/dbt-of-environment.ts'
import type { CommandPolicy } from '../../domain/dbt-command/command-place.ts'
import { judgeCommands } from '../../domain/dbt-command/judge-commands.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import type { JobSettings } from '../../domain/job.ts'
import { scheduleProblem } from '../../domain/schedules/schedule-problem.ts'

export interface AskedJob {
  readonly environmentId: number
  readonly settings: JobSettings
  readonly before: JobSettings | undefined
}

/**
 * Throws one InvalidRequestError for all that could never run or fire. What the job has already may stay: clients send
 * whole jobs back to change one field of them, and a run refuses what it must not do.
 */
export async function assertRunnable(
  { db, policy }: { readonly db: Db | Tx; readonly policy: CommandPolicy },
  { environmentId, settings, before }: AskedJob,
): Promise<void> {
  const { execute_steps: steps } = settings
  const problems = await judgeCommands(steps, policy, () => dbtOfEnvironment(db, { environmentId }))
  const ofNewOnes = problems.filter(([index]) => before?.execute_steps.includes(steps[index] ?? '') !== true)
  const fields = {
    ...Object.fromEntries(ofNewOnes.map(([index, problem]) => [`execute_steps.${index}`, problem])),
    ...(settings.trigger_schedule && scheduleProblems(settings)),
  }
  if (Object.keys(fields).length > 0) throw new InvalidRequestError(Object.values(fields).join(' '), { fields })
}

function scheduleProblems({ schedule }: JobSettings): Record<string, string> {
  const problem = scheduleProblem(schedule)
  if (problem === undefined) return {}
  return { [['schedule', ...problem.path].join('.')]: `Expected ${problem.expected}. Got ${problem.got}.` }
}
