import type { RunEngine, RunOutcome, RunPlan, RunSink } from '../run-engine.ts'
import { SecretScrubber, secretsOf } from '../steps/secrets/secret-scrubber.ts'
import { takeSteps } from '../steps/take-steps.ts'
import { type Clock, systemClock } from './clock.ts'
import { prepareSimulation, type Simulation } from './prepare-simulation.ts'
import { type RandomSource, seededRandom } from './random.ts'
import { type SimulatedRun, takeStep } from './simulated-run.ts'

export interface SimulatedEngineOptions {
  readonly clock?: Clock
  readonly random?: RandomSource
}

/** Plays scenarios: runs with steps, logs, artifacts and failures, without dbt and without a warehouse. */
export class SimulatedEngine implements RunEngine {
  readonly #options: SimulatedEngineOptions

  constructor(options: SimulatedEngineOptions = {}) {
    this.#options = options
  }

  async execute(plan: RunPlan, sink: RunSink, signal: AbortSignal): Promise<RunOutcome> {
    const { engine } = plan
    if (engine.kind !== 'simulated') throw new Error(`Run ${plan.runId} is for the engine "${engine.kind}".`)
    await sink.report({ type: 'stepsPlanned', steps: plan.steps })
    const { clock = systemClock, random = seededRandom } = this.#options
    let simulation: Simulation | undefined
    const simulate = async () => {
      simulation ??= prepareSimulation(plan, engine, random)
      return simulation
    }
    const secrets = new SecretScrubber(secretsOf(plan.environmentVariables))
    const run: SimulatedRun = { plan, sink, signal, clock, secrets, simulate, scenarioTime: clock.now() }
    return takeSteps(run, (step) => takeStep(run, step))
  }

  /** A simulated run has no processes that could outlive the lease. */
  renew(): void {}

  async cleared(): Promise<void> {}
}
