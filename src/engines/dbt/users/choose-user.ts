import type { DbtPlan, RunPlan } from '../../run-engine.ts'
import { StepFailure } from '../../steps/step-failure.ts'
import { type Hands, ownHands } from './hands.ts'
import type { AllowedUser } from './run-user.ts'
import type { Separation } from './separation.ts'
import { userHands } from './user-hands.ts'

export function handsFor(plan: RunPlan<DbtPlan>, separation: Separation): Hands {
  const user = userOf(plan, separation)
  return user === undefined ? ownHands : userHands(user)
}

function userOf({ engine: { runAs } }: RunPlan<DbtPlan>, { usual, users }: Separation): AllowedUser | undefined {
  return runAs === undefined ? usual : users.get(runAs)
}

/** Throws a StepFailure where the user that the environment names is not one for runs of this worker. Answers a note for the log. */
export function assertUserAllowed(
  { engine, environment }: RunPlan<DbtPlan>,
  separation: Separation,
): string | undefined {
  const { runAs } = engine
  if (runAs === undefined || separation.users.has(runAs)) return undefined
  if (separation.ignoresOthers) return `Note: run_as '${runAs}' counts for nothing here: dbt runs as your own user.`
  throw new StepFailure(
    `The environment ${environment.name} runs as the user '${runAs}', which this worker does not allow: STRATUS_DBT_USERS names ` +
      `${separation.users.size === 0 ? 'none' : [...separation.users.keys()].join(', ')}.`,
  )
}
