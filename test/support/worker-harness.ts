import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pino from 'pino'
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts'
import { createDiskStore } from '../../src/artifacts/disk/disk-store.ts'
import type { Database, Db } from '../../src/db/database.ts'
import { DatabaseWakeUp } from '../../src/db/wake-up.ts'
import type { RunEngine } from '../../src/engines/run-engine.ts'
import { triggerRun } from '../../src/runs/trigger-run.ts'
import { createSecretBox } from '../../src/secrets/secret-box.ts'
import { LogSpool } from '../../src/worker/logs/log-spool.ts'
import { executeInProcess } from '../../src/worker/run-execution.ts'
import { Worker } from '../../src/worker/worker.ts'
import { createTestDatabase, type DatabaseKind, emptyTestDatabase } from './database/test-database.ts'
import { eventually } from './eventually.ts'
import { testKey } from './test-key.ts'

/** These are there from before the first test on. */
interface Opened {
  readonly database: Database
  readonly wakeUp: DatabaseWakeUp
}

/** Workers with scripted engines, on a database that is empty before each test of this `describe`; they are drained after it. */
export function useWorkers(kind: DatabaseKind): WorkerHarness {
  const harness = new WorkerHarness()
  beforeAll(() => harness.open(kind))
  beforeEach(() => harness.empty())
  afterEach(() => harness.drain())
  afterAll(() => harness[Symbol.asyncDispose]())
  return harness
}

class WorkerHarness implements AsyncDisposable {
  /** Workers that are started next store into this. */
  artifacts: ArtifactStore
  artifactsWaitMs = 60_000
  readonly secretBox = createSecretBox([testKey('worker')])
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'stratus-worker-'))
  readonly #workers: Worker[] = []
  #opened: Opened | undefined

  constructor() {
    this.artifacts = createDiskStore(this.#folder)
  }

  get db(): Db {
    return this.#parts.database.db
  }

  get wakeUp(): DatabaseWakeUp {
    return this.#parts.wakeUp
  }

  get #parts(): Opened {
    if (this.#opened === undefined) throw new Error('There is no database before the first test.')
    return this.#opened
  }

  async open(kind: DatabaseKind): Promise<void> {
    const database = await createTestDatabase(kind)
    const wakeUp = new DatabaseWakeUp(database)
    wakeUp.start()
    this.#opened = { database, wakeUp }
  }

  async empty(): Promise<void> {
    await emptyTestDatabase(this.#parts.database)
    await rm(this.#folder, { recursive: true, force: true })
    this.artifacts = createDiskStore(this.#folder)
  }

  async drain(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.drain(0)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { database, wakeUp } = this.#parts
    await wakeUp[Symbol.asyncDispose]()
    await database.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  startWorker(engine: RunEngine, options: { name?: string; guardSeconds?: number } = {}): Worker {
    const { db, wakeUp, artifacts, secretBox } = this
    const logSpool = new LogSpool({ folder: path.join(this.#folder, 'spool'), maxBytes: 2 ** 20 })
    const executor = executeInProcess({
      ...{ db, wakeUp, artifacts, artifactsWaitMs: this.artifactsWaitMs, logSpool, secretBox },
      engineFor: () => engine,
    })
    const worker = new Worker(
      { db, wakeUp, executor },
      {
        name: 'w1',
        capacity: 4,
        leaseSeconds: 15,
        guardSeconds: 15,
        pollMs: 200,
        logger: pino({ level: 'silent' }),
        ...options,
      },
    )
    this.#workers.push(worker)
    worker.start()
    return worker
  }

  async trigger(jobId: number, overrides = {}): Promise<number> {
    return (await triggerRun(this, { accountId: 1, jobId, causeCategory: 'api', overrides })).id
  }

  findRun(id: number) {
    return this.db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  }

  stepsOf(runId: number) {
    return this.db.selectFrom('run_steps').selectAll().where('run_id', '=', runId).orderBy('index').execute()
  }

  released(id: number) {
    return eventually(`run ${id} is released`, async () => {
      const run = await this.findRun(id)
      return run.released_at !== null && run
    })
  }

  running(id: number) {
    return eventually(`run ${id} runs`, async () => (await this.findRun(id)).status === 'running')
  }
}
