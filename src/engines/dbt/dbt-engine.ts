import path from 'node:path'
import type { Logger } from 'pino'
import { folderId } from '../../util/files/folder-id.ts'
import { readingAs } from '../../util/reader.ts'
import { withinTime } from '../../util/within-time.ts'
import type { DbtPlan, RunEngine, RunOutcome, RunPlan, RunSink } from '../run-engine.ts'
import { SecretScrubber, secretsOf } from '../steps/secrets/secret-scrubber.ts'
import { StepFailure } from '../steps/step-failure.ts'
import { takeSteps } from '../steps/take-steps.ts'
import { readGitAddress } from './git/git-address.ts'
import { ArtifactBudget } from './output/artifacts/artifact-budget.ts'
import { endLeftoverProcesses } from './processes/end-leftover-processes.ts'
import { GuardianPool } from './processes/guardian-pool.ts'
import { homeOf } from './processes/private-home.ts'
import { identifyProcess } from './processes/process-identity.ts'
import { RunProcesses } from './processes/run-processes.ts'
import type { EngineServices, Run } from './run.ts'
import { takeStep } from './steps/take-step.ts'
import { handsFor } from './users/choose-user.ts'
import type { Hands } from './users/hands.ts'
import { noSeparation, type Separation } from './users/separation.ts'
import { readerFor } from './users/user-reader.ts'
import { openRunsFolder, workspaceOf } from './workspace.ts'

/** However many files a run left, its slot is free then; the removal goes on. */
const maxRemovalMs = 30_000

export interface DbtEngineOptions {
  readonly dataDir: string
  /** dbt inherits these, and nothing of the server's own. */
  readonly baseEnvironment: Readonly<Record<string, string>>
  /** The grace is the time between SIGINT and SIGKILL. */
  readonly cancelGraceMs: number
  /** Says how long a run goes on without a `renew`. */
  readonly guardSeconds: number
  readonly logger: Logger
  /** Folders of this machine that a repository may name as its submodules. */
  readonly projectRoots?: readonly string[]
  /** It is true when workers of other machines may take runs, too. */
  readonly severalWorkers?: boolean
  /** The dbt program of environments that name none. */
  readonly defaultDbtCommand?: string
  readonly maxArtifactBytes?: number
  /** Without it runs are of the server's own user, and see its processes. */
  readonly separation?: Separation
}

/** Runs real dbt, one child process per step, each under a guardian. */
export class DbtEngine implements RunEngine, AsyncDisposable {
  readonly #services: EngineServices
  readonly #logger: Logger
  /** A run may start only when everything that earlier workers left running is gone. */
  readonly #ready: Promise<void>
  readonly #runs = new Map<RunProcesses, number>()
  /** Removals of workspaces that are under way, by the ids of their runs. */
  readonly #removals = new Map<number, Promise<void>>()

  private constructor(services: EngineServices, logger: Logger) {
    this.#services = services
    this.#logger = logger
    this.#ready = clearLeftovers(services, logger)
  }

  static async create(options: DbtEngineOptions): Promise<DbtEngine> {
    const owner = await identifyProcess(process.pid)
    if (owner === undefined) throw new Error('The start time of this process cannot be read.')
    const separation = options.separation ?? noSeparation
    const guardians = new GuardianPool(separation.namespace)
    guardians.warm()
    const dataDir = path.resolve(options.dataDir)
    const services: EngineServices = {
      dataDir,
      home: homeOf(dataDir, undefined),
      runsDir: await openRunsFolder(dataDir),
      separation,
      baseEnvironment: options.baseEnvironment,
      cancelGraceMs: options.cancelGraceMs,
      guardSeconds: options.guardSeconds,
      defaultDbtCommand: options.defaultDbtCommand ?? 'dbt',
      dataFolderId: await folderId(dataDir),
      projectRoots: options.projectRoots ?? [],
      severalWorkers: options.severalWorkers ?? false,
      maxArtifactBytes: options.maxArtifactBytes ?? Number.POSITIVE_INFINITY,
      owner,
      guardians,
    }
    return new DbtEngine(services, options.logger)
  }

  async execute(plan: RunPlan, sink: RunSink, signal: AbortSignal): Promise<RunOutcome> {
    if (!isForDbt(plan)) throw new Error(`Run ${plan.runId} is for the engine "${plan.engine.kind}".`)
    await sink.report({ type: 'stepsPlanned', steps: plan.steps })
    const run = await this.#open(plan, sink, signal)
    this.#runs.set(run.processes, plan.runId)
    try {
      return await readingAs(readerFor(run.hands), () => takeSteps(run, (step) => takeStep(run, step)))
    } finally {
      this.#runs.delete(run.processes)
      this.#remove(run)
    }
  }

  renew(runId: number, seconds: number): void {
    for (const [processes, id] of this.#runs) if (id === runId) processes.renew(seconds)
  }

  async cleared(runId: number): Promise<void> {
    await this.#removals.get(runId)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ready
    await Promise.all(this.#removals.values())
    await this.#services.guardians.close()
  }

  /** Nobody who waits for the run's end waits for this. */
  #remove({ plan: { runId }, hands, workspace }: Run): void {
    const late = () => new Error('it takes long')
    const removal = withinTime(maxRemovalMs, hands.remove(workspace.folder), late)
      .catch((err: unknown) => this.#logger.warn({ err, runId }, 'could not remove a workspace'))
      .finally(() => {
        if (this.#removals.get(runId) === removal) this.#removals.delete(runId)
      })
    this.#removals.set(runId, removal)
  }

  async #open(plan: RunPlan<DbtPlan>, sink: RunSink, signal: AbortSignal): Promise<Run> {
    await this.#ready
    const hands = handsFor(plan, this.#services.separation)
    const services = servicesFor(this.#services, hands)
    // Another run may have taken the one that waited.
    services.guardians.warm()
    services.guardians.rouse()
    return {
      plan,
      sink,
      signal,
      services,
      workspace: workspaceOf(services.runsDir, plan),
      processes: new RunProcesses(services, signal, hands.user),
      hands,
      secrets: new SecretScrubber(secretsOfRun(plan, services.baseEnvironment)),
      project: undefined,
      folder: undefined,
      profile: undefined,
      program: undefined,
      dbtVersion: undefined,
      left: new Map(),
      budget: new ArtifactBudget(services.maxArtifactBytes),
    }
  }
}

function isForDbt(plan: RunPlan): plan is RunPlan<DbtPlan> {
  return plan.engine.kind === 'dbt'
}

/** Another user has a home of its own, and no use for that of whoever started the server. */
function servicesFor(services: EngineServices, { user }: Hands): EngineServices {
  if (user === undefined) return services
  const { HOME: _home, ...baseEnvironment } = services.baseEnvironment
  return { ...services, baseEnvironment, home: homeOf(services.dataDir, user) }
}

async function clearLeftovers({ dataDir, cancelGraceMs }: EngineServices, logger: Logger): Promise<void> {
  try {
    const count = await endLeftoverProcesses(dataDir, cancelGraceMs)
    if (count > 0) logger.warn({ count }, 'ended processes of a worker that had died')
  } catch (err) {
    logger.warn({ err }, 'could not look for processes of a worker that had died')
  }
}

/** They go by what they are called where they are given. */
function secretsOfRun(plan: RunPlan, base: Readonly<Record<string, string>>): Record<string, string> {
  const connection = plan.profile.kind === 'connection' ? plan.profile.secrets : {}
  const address = secretsOfSource(plan).map((secret, index) => [`repository's address, ${index}`, secret])
  return { ...secretsOf({ ...base, ...plan.environmentVariables }), ...connection, ...Object.fromEntries(address) }
}

function secretsOfSource({ project: { source } }: RunPlan): readonly string[] {
  if (source.kind !== 'git') return []
  try {
    return readGitAddress(source.url).secrets
  } catch (error) {
    if (error instanceof StepFailure) return [] // the clone step says what is wrong with the address
    throw error
  }
}
