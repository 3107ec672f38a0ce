import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { ArtifactStore } from './artifacts/artifact-store.ts'
import { createDiskStore } from './artifacts/disk-store.ts'
import type { Config } from './config/config.ts'
import { type Database, type Db, openDatabase } from './db/database.ts'
import { assertMigrated, migrate } from './db/migrate/migrate.ts'
import type { Migrations } from './db/migrate/migration.ts'
import { readMigrations } from './db/migrate/read-migrations.ts'
import { persistently } from './db/persistently.ts'
import { DatabaseWakeUp } from './db/wake-up.ts'
import type { EngineKind } from './domain/environment.ts'
import { NotSupportedError, SetupError } from './domain/errors.ts'
import { DbtEngine } from './engines/dbt/dbt-engine.ts'
import type { Separation } from './engines/dbt/users/separation.ts'
import type { RunEngine } from './engines/run-engine.ts'
import { logReachability } from './log-reachability.ts'
import { databaseLogger, engineLogger, queueLogger } from './logger.ts'
import { reapLostRuns } from './queue/reap-lost-runs.ts'
import { startScheduler } from './scheduler/scheduler.ts'
import { openSecretBox } from './secrets/open-secret-box.ts'
import { createSecretBox, type SecretBox } from './secrets/secret-box.ts'
import type { Phase } from './server/run-phases.ts'
import { makeWritableFolder } from './util/make-writable-folder.ts'
import type { Periodic } from './util/periodic.ts'
import { ensureFreeSpace } from './worker/ensure-free-space.ts'
import { LogSpool } from './worker/log-spool.ts'
import { executeInProcess } from './worker/run-execution.ts'
import { Worker } from './worker/worker.ts'

export interface ContextOptions {
  /** Apply pending migrations instead of refusing to start on an old schema. An embedded database always migrates. */
  readonly migrate?: boolean
  /** Wait for a database that does not answer yet until this is aborted; absent: that is an error. */
  readonly waitUntil?: AbortSignal
  /** For a command that neither reads nor stores secrets: it needs no key, and decides on none. */
  readonly withoutSecrets?: boolean
}

/** An embedded database has one process, which finds every lease dead at its start: leases need not expire. */
const endlessLeaseSeconds = 10 * 365 * 86_400

/** PostgreSQL takes space for its log of changes 16 MiB at a time, and cannot go on without. */
const embeddedReserveBytes = 64 * 2 ** 20

/** Everything that a process of Stratus is made of, and the only place that says which implementation is used. */
export class AppContext implements AsyncDisposable {
  readonly config: Config
  readonly database: Database
  readonly wakeUp: DatabaseWakeUp
  readonly artifacts: ArtifactStore
  readonly secretBox: SecretBox
  /** Those of this program, which the database must have. */
  readonly migrations: Migrations
  #engine: DbtEngine | undefined
  #worker: Worker | undefined
  #simulated: Promise<RunEngine> | undefined
  #scheduler: Periodic | undefined
  #mayClaim = () => true

  private constructor(
    config: Config,
    { database, migrations, secretBox }: { database: Database; migrations: Migrations; secretBox: SecretBox },
  ) {
    this.config = config
    this.database = database
    this.migrations = migrations
    this.secretBox = secretBox
    this.wakeUp = new DatabaseWakeUp(database)
    this.artifacts = createDiskStore(path.join(config.dataDir, 'artifacts'))
  }

  /** Opens the database and checks its schema. Throws a SetupError when that cannot be. */
  static async create(config: Config, options: ContextOptions = {}): Promise<AppContext> {
    await openDataDir(config.dataDir)
    const database = await openDatabase(config.database)
    logReachability(database, databaseLogger)
    try {
      const migrations = await readMigrations(databaseFolder())
      await prepareSchema(database, migrations, options)
      const source = { ...config, secretKeys: config.secrets.secretKeys, machine: os.hostname() }
      const secretBox = options.withoutSecrets
        ? createSecretBox([])
        : await asLongAs(options.waitUntil, () => openSecretBox(database.db, source))
      return new AppContext(config, { database, migrations, secretBox })
    } catch (error) {
      await database.close()
      throw error
    }
  }

  get db(): Db {
    return this.database.db
  }

  /** Runs stay in the queue while the condition does not hold. */
  claimOnlyWhile(condition: () => boolean): void {
    this.#mayClaim = condition
  }

  /** Ends the runs that an earlier process left. With a shared database the scheduler does it: other workers may live. */
  async recover(): Promise<void> {
    if (this.database.kind === 'embedded') await reapLostRuns(this.db, { graceSeconds: 0, all: true })
  }

  /** Begins to execute runs, kept apart so far, and, in a server, to schedule. */
  async start(separation?: Separation): Promise<void> {
    const { worker, database, mode, schedules } = this.config
    this.wakeUp.start()
    if (mode !== 'work') {
      this.#scheduler = startScheduler(this, { graceSeconds: worker.graceSeconds, schedules, logger: queueLogger })
    }
    if (!worker.enabled) return
    this.#engine = await DbtEngine.create({
      dataDir: this.config.dataDir,
      baseEnvironment: this.config.engine.baseEnvironment,
      projectRoots: this.config.engine.projectRoots,
      severalWorkers: this.database.kind !== 'embedded',
      ...(separation !== undefined && { separation }),
      cancelGraceMs: worker.cancelGraceMs,
      maxArtifactBytes: worker.maxArtifactBytes,
      guardSeconds: worker.leaseSeconds,
      logger: engineLogger,
    })
    const room = database.kind === 'embedded' && {
      ensureRoom: () => ensureFreeSpace(database.dir, embeddedReserveBytes),
    }
    const executor = executeInProcess({
      db: this.db,
      wakeUp: this.wakeUp,
      artifacts: this.artifacts,
      logSpool: new LogSpool({
        folder: path.join(this.config.dataDir, 'log-spool'),
        maxBytes: worker.logSpoolBytes,
        ...room,
      }),
      secretBox: this.secretBox,
      engineFor: (kind) => this.#engineFor(kind),
      ...room,
    })
    this.#worker = new Worker(
      { db: this.db, wakeUp: this.wakeUp, executor, mayClaim: () => this.#mayClaim() },
      {
        name: worker.name,
        capacity: worker.capacity,
        leaseSeconds: this.database.kind === 'embedded' ? endlessLeaseSeconds : worker.leaseSeconds,
        guardSeconds: worker.leaseSeconds,
        pollMs: worker.pollMs,
        logger: queueLogger,
      },
    )
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
      { name: 'engine', limitMs: 15_000, run: async () => this.#engine?.[Symbol.asyncDispose]() },
      { name: 'wake-ups', limitMs: 5_000, run: () => this.wakeUp[Symbol.asyncDispose]() },
      { name: 'database', limitMs: 15_000, run: () => this.database.close() },
    ]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const phase of this.closing()) await phase.run()
  }

  #engineFor(kind: EngineKind): RunEngine | Promise<RunEngine> {
    if (kind === 'dbt' && this.#engine) return this.#engine
    if (kind === 'simulated') return this.#simulatedEngine()
    throw new NotSupportedError(
      `This Stratus cannot execute runs with the engine "${kind}". Set "engine: dbt" or "engine: simulated".`,
    )
  }

  /** Loaded by the first run that needs it: most servers never do. */
  #simulatedEngine(): Promise<RunEngine> {
    this.#simulated ??= import('./engines/simulated/simulated-engine.ts').then(
      ({ SimulatedEngine }) => new SimulatedEngine(),
    )
    return this.#simulated
  }
}

async function prepareSchema(database: Database, migrations: Migrations, options: ContextOptions): Promise<void> {
  const { migrate: mayMigrate, waitUntil } = options
  const prepare = async () => {
    try {
      if (mayMigrate === true || database.kind === 'embedded') await migrate(database, migrations)
      else await assertMigrated(database, migrations)
    } catch (error) {
      if (waitUntil !== undefined) database.reachability.suspect(error)
      throw error
    }
  }
  await asLongAs(waitUntil, prepare)
}

async function openDataDir(dataDir: string): Promise<void> {
  const reason = await makeWritableFolder(dataDir)
  if (reason === undefined) return
  throw new SetupError(
    `Nothing can be written in the data folder ${dataDir}: ${reason}. ` +
      'Make it a folder of the user that runs this, or choose another (STRATUS_DATA_DIR, --data-dir).',
  )
}

/** Waits for a database that is away, if it may. */
function asLongAs<T>(waitUntil: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  return waitUntil === undefined ? work() : persistently(work, waitUntil)
}

/** Beside the built program and its chunks, or in the sources. */
function databaseFolder(): string {
  const beside = path.join(import.meta.dirname, 'db')
  return existsSync(beside) ? beside : path.join(import.meta.dirname, '..', 'db')
}
