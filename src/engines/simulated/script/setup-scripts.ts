import type { PlannedStep } from '../../../domain/runs/run-step.ts'
import type { SimulatedDuration } from '../../../domain/scenarios/scenario.ts'
import { oneLine } from '../../../util/text/one-line.ts'
import type { StepEnd } from '../../run-engine.ts'
import type { Simulation } from '../prepare-simulation.ts'
import { commitOf } from '../random.ts'
import { durationMs, mergeStepRules } from './merge-rules.ts'
import { ScriptWriter, type StepScript } from './step-script.ts'

const usualSeconds: SimulatedDuration = [0.2, 1.5]
export const usualFailure = 'The scenario says that this fails.'

/** The commit that a run seems to have checked out. */
export function checkoutOf({ plan, scenario }: Simulation): { sha: string; branch: string | null } | undefined {
  const { source } = plan.project
  if (source.kind !== 'git') return undefined
  const branch = source.branch ?? (source.sha === undefined ? 'main' : null)
  return { sha: source.sha ?? commitOf(`${scenario.seed ?? 1}/${source.url}/${branch}`), branch }
}

export function cloneScript(simulation: Simulation, step: PlannedStep, startedAt: number): StepScript {
  const checkout = checkoutOf(simulation)
  if (checkout === undefined)
    return setupScript(simulation, step, startedAt, ["Simulated: the project's folder is not read."])
  return setupScript(simulation, step, startedAt, [
    'Simulated: no repository is read.',
    'Successfully cloned repository.',
    `Checking out to ${checkout.sha}...`,
    'Successfully checked out to specified revision.',
  ])
}

export function profileScript(simulation: Simulation, step: PlannedStep, startedAt: number): StepScript {
  const { plan } = simulation
  return setupScript(simulation, step, startedAt, [
    `Simulated: no warehouse is reached. Target '${plan.target ?? 'default'}'.`,
    ...(plan.schema === undefined ? [] : [`The schema is '${plan.schema}' for this run.`]),
  ])
}

function setupScript(
  simulation: Simulation,
  step: PlannedStep,
  startedAt: number,
  lines: readonly string[],
): StepScript {
  const rule = mergeStepRules(simulation.scenario, step, simulation.attempt)
  const endMs = durationMs(rule.duration, usualSeconds, simulation.random(`duration/${step.kind}`))
  const writer = new ScriptWriter(startedAt)
  for (const line of [...lines, ...(rule.log ?? [])]) writer.print(0, line)
  for (const line of rule.debug_log ?? []) writer.printDebug(0, line)
  const end = endOfStep(rule)
  if (end.message !== undefined) writer.print(endMs, end.message)
  return { lines: writer.lines, endMs, end, files: () => [] }
}

export function endOfStep({
  outcome,
  message,
}: {
  outcome?: string | undefined
  message?: string | undefined
}): StepEnd {
  return outcome === 'error' ? { status: 'error', message: oneLine(message ?? usualFailure) } : { status: 'success' }
}
