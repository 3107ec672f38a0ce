import type { Config } from '../config/config.ts'
import type { EngineKind } from '../domain/environment.ts'
import { DbtEngine } from '../engines/dbt/dbt-engine.ts'
import type { Separation } from '../engines/dbt/users/separation.ts'
import type { RunEngine } from '../engines/run-engine.ts'
import type { Clock } from '../engines/simulated/clock.ts'
import { engineLogger } from '../logger.ts'
import type { Overrides } from './overrides.ts'

export interface Engines extends AsyncDisposable {
  engineFor(kind: EngineKind): RunEngine | Promise<RunEngine>
}

/** The engines that execute this process's runs, which are kept apart so far. */
export async function openEngines(
  config: Config,
  separation: Separation | undefined,
  { engines = {}, simulatedClock }: Overrides,
): Promise<Engines> {
  const ofConfig = engines.dbt === undefined ? await createDbtEngine(config, separation) : undefined
  const dbt = engines.dbt ?? ofConfig
  let simulated: RunEngine | Promise<RunEngine> | undefined = engines.simulated
  return {
    engineFor(kind) {
      if (kind === 'dbt' && dbt !== undefined) return dbt
      simulated ??= createSimulatedEngine(simulatedClock)
      return simulated
    },
    [Symbol.asyncDispose]: async () => ofConfig?.[Symbol.asyncDispose](),
  }
}

function createDbtEngine(config: Config, separation: Separation | undefined): Promise<DbtEngine> {
  const { dataDir, engine, worker, database } = config
  return DbtEngine.create({
    dataDir,
    baseEnvironment: engine.baseEnvironment,
    projectRoots: engine.projectRoots,
    severalWorkers: database.kind !== 'embedded',
    ...(separation !== undefined && { separation }),
    cancelGraceMs: worker.cancelGraceMs,
    maxArtifactBytes: worker.maxArtifactBytes,
    guardSeconds: worker.leaseSeconds,
    logger: engineLogger,
  })
}

/** Loaded by the first run that needs it: most servers never do. */
async function createSimulatedEngine(clock: Clock | undefined): Promise<RunEngine> {
  const { SimulatedEngine } = await import('../engines/simulated/simulated-engine.ts')
  return new SimulatedEngine({ ...(clock && { clock }) })
}
