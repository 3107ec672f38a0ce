import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pino from 'pino'
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts'
import { createDiskStore } from '../../src/artifacts/disk-store.ts'
import type { Database, Db } from '../../src/db/database.ts'
import { DatabaseWakeUp } from '../../src/db/wake-up.ts'
import { Worker } from '../../src/queue/worker.ts'
import { triggerRun } from '../../src/runs/trigger-run.ts'
import { createSecretBox } from '../../src/secrets/secret-box.ts'
import { eventually } from './eventually.ts'
import type { ScriptedEngine } from './scripted-engine.ts'
import { createTestDatabase, type DatabaseKind, emptyTestDatabase } from './test-database.ts'

/** Workers with scripted engines on a database that is empty before each test; they are drained after it. */
export class WorkerHarness {
  readonly db: Db
  readonly wakeUp: DatabaseWakeUp
  /** What the workers that are started next store into. */
  artifacts: ArtifactStore
  readonly #database: Database
  readonly #folder: string
  readonly #workers: Worker[] = []

  private constructor(database: Database, folder: string) {
    this.#database = database
    this.#folder = folder
    this.db = database.db
    this.wakeUp = new DatabaseWakeUp(database)
    this.wakeUp.start()
    this.artifacts = createDiskStore(folder)
  }

  static async create(kind: DatabaseKind): Promise<WorkerHarness> {
    return new WorkerHarness(await createTestDatabase(kind), await mkdtemp(path.join(tmpdir(), 'stratus-worker-')))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.wakeUp[Symbol.asyncDispose]()
    await this.#database.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** Before each test. */
  async empty(): Promise<void> {
    await emptyTestDatabase(this.#database)
    await rm(this.#folder, { recursive: true, force: true })
    this.artifacts = createDiskStore(this.#folder)
  }

  /** After each test. */
  async drain(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.drain(0)))
  }

  startWorker(engine: ScriptedEngine, options: { name?: string; guardSeconds?: number } = {}): Worker {
    const { db, wakeUp, artifacts } = this
    const worker = new Worker(
      { db, wakeUp, artifacts, secretBox: createSecretBox(['k'.repeat(32)]), engineFor: () => engine },
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
