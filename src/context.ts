import type { ApiContext } from './api/api-context.ts'
import type { ArtifactStore } from './artifacts/artifact-store.ts'
import type { Config } from './config/config.ts'
import type { Serving } from './context/compose-api.ts'
import { composeExecutor, composeWorker } from './context/compose-worker.ts'
import { openArtifactStore } from './context/open-artifact-store.ts'
import { openDataFolder } from './context/open-data-folder.ts'
import { type Engines, openEngines } from './context/open-engines.ts'
import type { Overrides } from './context/overrides.ts'
import { type PrepareOptions, prepareDatabase } from './context/prepare-database.ts'
import { watchStore } from './context/watch-store.ts'
import { type Database, type Db, openDatabase } from './db/database.ts'
import type { Migrations } from './db/migrate/migration.ts'
import { DatabaseWakeUp, type ProcessWakeUp } from './db/wake-up.ts'
import type { Separation } from './engines/dbt/users/separation.ts'
import { logReachability } from './log-reachability.ts'
import { databaseLogger, queueLogger, serverLogger } from './logger.ts'
import { reapLostRuns } from './queue/reap-lost-runs.ts'
import { startScheduler } from './scheduler/scheduler.ts'
import type { SecretBox } from './secrets/secret-box.ts'
import type { Phase } from './server/run-phases.ts'
import type { Periodic } from './util/periodic.ts'
import type { Worker } from './worker/worker.ts'

export interface ContextOptions extends PrepareOptions {
  readonly overrides?: Overrides
}

/**
 * Everything that a process of Stratus is made of. It and its parts in `context/` alone say which implementation is used,
 * and hand each part what that names.
 */
export class AppContext implements AsyncDisposable {
  readonly config: Config
  readonly database: Database
  readonly wakeUp: ProcessWakeUp
  readonly artifacts: ArtifactStore
  readonly secretBox: SecretBox
  /** Those of this program, which the database must have. */
  readonly migrations: Migrations
  readonly #overrides: Overrides
  #engines: Engines | undefined
  #worker: Worker | undefined
  #scheduler: Periodic | undefined
  #mayClaim = () => true

  private constructor(
    config: Config,
    parts: { database: Database; migrations: Migrations; secretBox: SecretBox },
    overrides: Overrides,
  ) {
    this.config = config
    this.database = parts.database
    this.migrations = parts.migrations
    this.secretBox = parts.secretBox
    this.wakeUp = overrides.wakeUp ?? new DatabaseWakeUp(parts.database)
    this.artifacts = watchStore(overrides.artifacts ?? openArtifactStore(config.artifacts), serverLogger)
    this.#overrides = overrides
  }

  /** Opens the database and checks its schema. Throws a SetupError when that cannot be. */
  static async create(config: Config, options: ContextOptions = {}): Promise<AppContext> {
    await openDataFolder(config)
    const database = await openDatabase(config.database)
    logReachability(database, databaseLogger)
    try {
      const prepared = await prepareDatabase(database, config, options)
      return new AppContext(config, { database, ...prepared }, options.overrides ?? {})
    } catch (error) {
      await database.close()
      throw error
    }
  }

  get db(): Db {
    return this.database.db
  }

  /** Composes the API at its first use, because not every process serves one. */
  async api(serving: Serving): Promise<ApiContext> {
    const { composeApi } = await import('./context/compose-api.ts')
    const api = composeApi(this, serving)
    const { simulation } = api
    if (simulation !== undefined) this.#mayClaim = () => !simulation.faults.isQueueStuck
    return api
  }

  /** Ends the runs that an earlier process left. With a shared database the scheduler does it: other workers may live. */
  async recover(): Promise<void> {
    if (this.database.kind === 'embedded') await reapLostRuns(this.db, { graceSeconds: 0, all: true })
  }

  /** Begins to execute runs, kept apart so far, and, in a server, to schedule. */
  async start(separation?: Separation): Promise<void> {
    const { worker, mode, schedules } = this.config
    this.wakeUp.start()
    if (mode !== 'work') {
      this.#scheduler = startScheduler(this, { graceSeconds: worker.graceSeconds, schedules, logger: queueLogger })
    }
    if (!worker.enabled) return
    const executor = this.#overrides.executor ?? composeExecutor(this, await this.#openEngines(separation))
    this.#worker = composeWorker(this, { executor, mayClaim: () => this.#mayClaim() })
    this.#worker.start()
  }

  /** Ends what runs, as `stop` asks for; nothing of it is alive afterwards. */
  draining(stop: { readonly signal: AbortSignal; readonly again: AbortSignal }): Phase[] {
    const { drainTimeoutMs, cancelGraceMs, leaseSeconds } = this.config.worker
    const { broken } = this.database
    const by = typeof stop.signal.reason === 'string' ? stop.signal.reason : 'a fault of its own'
    return [
      {
        name: 'runs',
        limitMs: Number.POSITIVE_INFINITY,
        // Without a database no run can end well.
        run: async () =>
          this.#worker?.drain(broken.aborted ? 0 : drainTimeoutMs, {
            by,
            atOnce: stop.again,
            // For a lease at most, what a run writes last waits for the database.
            endingMs: cancelGraceMs + leaseSeconds * 1000 + 30_000,
          }),
      },
      { name: 'scheduler', limitMs: 15_000, run: async () => this.#scheduler?.stop() },
    ]
  }

  /** Gives back what the process holds, after everything else. */
  closing(): Phase[] {
    return [
      { name: 'engine', limitMs: 15_000, run: async () => this.#engines?.[Symbol.asyncDispose]() },
      { name: 'wake-ups', limitMs: 5_000, run: async () => this.wakeUp[Symbol.asyncDispose]() },
      { name: 'database', limitMs: 15_000, run: () => this.database.close() },
    ]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const phase of this.closing()) await phase.run()
  }

  async #openEngines(separation: Separation | undefined): Promise<Engines> {
    this.#engines = await openEngines(this.config, separation, this.#overrides)
    return this.#engines
  }
}
