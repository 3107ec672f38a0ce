import { parse } from 'yaml'
import type { PlannedStep } from '../../../domain/runs/run-step.ts'
import { StepFailure } from '../../steps/step-failure.ts'
import type { Simulation } from '../prepare-simulation.ts'
import { uuidOf } from '../random.ts'
import type { SimulatedCommand } from '../simulated-command.ts'

/** One simulated call of dbt. */
export interface Invocation {
  readonly simulation: Simulation
  readonly command: SimulatedCommand
  readonly argv: string
  readonly id: string
  /** The scenario's clock counts milliseconds since the epoch. */
  readonly startedAt: number
  readonly threads: number
  readonly vars: unknown
}

export function openInvocation(
  simulation: Simulation,
  step: PlannedStep,
  call: { command: SimulatedCommand; argv: string; startedAt: number },
): Invocation {
  const { plan, scenario } = simulation
  return {
    ...call,
    simulation,
    id: uuidOf(`${scenario.seed ?? 1}/${plan.runId}/${plan.claim}/${step.index}`),
    threads: call.command.threads ?? plan.threads ?? 4,
    vars: readVars(call.command.vars),
  }
}

function readVars(text: string | undefined): unknown {
  if (text === undefined) return {}
  try {
    const vars: unknown = parse(text)
    if (typeof vars === 'object' && vars !== null && !Array.isArray(vars)) return vars
  } catch {
    // Answered below: to its writer, both are the same mistake.
  }
  throw new StepFailure(`The value of --vars is not a YAML mapping: ${text}`)
}

/** Says when something happens in an invocation, as dbt writes it. */
export function timeAt({ startedAt }: Invocation, atMs: number): string {
  return new Date(startedAt + atMs).toISOString().replace('Z', '000Z')
}

/** Every artifact begins with this. */
export function artifactMetadata(invocation: Invocation, schema: string, atMs: number) {
  return {
    dbt_schema_version: `https://schemas.getdbt.com/dbt/${schema}.json`,
    dbt_version: invocation.simulation.dbtVersion,
    generated_at: timeAt(invocation, atMs),
    invocation_id: invocation.id,
    invocation_started_at: timeAt(invocation, 0),
    env: invocation.simulation.artifactVariables,
  }
}
