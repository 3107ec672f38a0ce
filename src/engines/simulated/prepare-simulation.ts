import type { Manifest } from '../../domain/scenarios/manifest.ts'
import { type Scenario, scenarioSchema } from '../../domain/scenarios/scenario.ts'
import type { RunPlan, SimulatedPlan } from '../run-engine.ts'
import { StepFailure } from '../steps/step-failure.ts'
import { inventManifest } from './graph/invent-manifest.ts'
import { type NodeGraph, readGraph } from './graph/node-graph.ts'
import type { RandomSource } from './random.ts'
import { attemptNumber, type MergedRules, mergeNodeRules } from './script/merge-rules.ts'

/** Everything about a run that is the same in all its steps. */
export interface Simulation {
  readonly plan: RunPlan
  readonly scenario: Scenario
  readonly manifest: Manifest
  readonly graph: NodeGraph
  readonly rules: MergedRules
  readonly attempt: number
  readonly adapter: string
  readonly dbtVersion: string
  readonly random: RandomSource
  /** Variables whose names begin with DBT_ENV_CUSTOM_ENV_ and dbt Cloud's own; dbt writes them into its artifacts. */
  readonly artifactVariables: Readonly<Record<string, string>>
}

export const defaultDbtVersion = '1.11.16'

/** Throws a StepFailure when the scenario is not one or does not fit together. */
export function prepareSimulation(
  plan: RunPlan,
  { scenario: asked, attempt: attempts }: SimulatedPlan,
  random: RandomSource,
): Simulation {
  const scenario = readScenario(asked)
  const manifest = typeof scenario.manifest === 'object' ? scenario.manifest : inventManifest(scenario.graph, plan)
  const graph = readGraph(manifest)
  const attempt = attemptNumber(scenario, attempts)
  const seed = scenario.seed ?? 1
  const recordedVersion = manifest.metadata.dbt_version
  return {
    plan,
    scenario,
    manifest,
    graph,
    attempt,
    rules: mergeNodeRules(scenario, graph, attempt),
    adapter: manifest.metadata.adapter_type ?? 'postgres',
    dbtVersion: scenario.dbt_version ?? (typeof recordedVersion === 'string' ? recordedVersion : defaultDbtVersion),
    random: (key) => random(`${seed}/${key}`),
    artifactVariables: artifactVariables(plan),
  }
}

function readScenario(asked: unknown): Scenario {
  const parsed = scenarioSchema.safeParse(asked ?? {})
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const place = issue?.path.join('.')
    throw new StepFailure(`The scenario is not valid${place ? ` at ${place}` : ''}: expected ${issue?.message}.`)
  }
  const { manifest, replay } = parsed.data
  const file = typeof manifest === 'string' ? manifest : replay?.manifest
  if (file === undefined) return parsed.data
  throw new StepFailure(`The scenario names the file ${file}, which is not part of it. Apply stratus.yml again.`)
}

function artifactVariables({ environmentVariables, ...plan }: RunPlan): Record<string, string> {
  const prefix = 'DBT_ENV_CUSTOM_ENV_'
  const own = Object.entries(environmentVariables)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value])
  return {
    ...Object.fromEntries(own),
    DBT_CLOUD_ACCOUNT_ID: String(plan.accountId),
    DBT_CLOUD_PROJECT_ID: String(plan.project.id),
    DBT_CLOUD_ENVIRONMENT_ID: String(plan.environment.id),
    DBT_CLOUD_JOB_ID: String(plan.job.id),
    DBT_CLOUD_RUN_ID: String(plan.runId),
    DBT_CLOUD_RUN_REASON: plan.cause,
    DBT_CLOUD_RUN_REASON_CATEGORY: plan.causeCategory === 'scheduled' ? 'scheduled' : 'other',
  }
}
