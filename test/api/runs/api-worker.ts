import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { DbtEngine } from '../../../src/engines/dbt/dbt-engine.ts'
import { SimulatedEngine } from '../../../src/engines/simulated/simulated-engine.ts'
import { LogSpool } from '../../../src/worker/logs/log-spool.ts'
import { executeInProcess } from '../../../src/worker/run-execution.ts'
import { Worker } from '../../../src/worker/worker.ts'
import type { TestApi } from '../../support/api-server.ts'
import { eventually } from '../../support/eventually.ts'

export interface ApiWorker extends AsyncDisposable {
  /** A folder of the worker's machine, in which repositories may lie. */
  readonly folder: string
  /** Triggers a job and answers the run's id when the run is released. */
  run(jobId: number, body?: Readonly<Record<string, unknown>>): Promise<number>
}

/** Executes the runs of a test's API as they would be executed: by real dbt, or simulated. */
export async function startApiWorker(api: TestApi): Promise<ApiWorker> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stratus-api-worker-'))
  const logger = pino({ level: 'silent' })
  const { db, wakeUp, artifacts, secretBox } = api.ctx
  const engine = await DbtEngine.create({
    dataDir: path.join(folder, 'data'),
    baseEnvironment: { PATH: process.env.PATH ?? '' },
    cancelGraceMs: 5000,
    guardSeconds: 60,
    projectRoots: [folder],
    logger,
  })
  const logSpool = new LogSpool({ folder: path.join(folder, 'spool'), maxBytes: 2 ** 20 })
  const simulated = new SimulatedEngine({})
  const engineFor = (kind: string) => (kind === 'dbt' ? engine : simulated)
  const executor = executeInProcess({ db, wakeUp, artifacts, artifactsWaitMs: 60_000, logSpool, secretBox, engineFor })
  const options = { name: 'w1', capacity: 4, leaseSeconds: 15, guardSeconds: 15, pollMs: 50, logger }
  const worker = new Worker({ db, wakeUp, executor }, options)
  worker.start()
  return {
    folder,
    async run(jobId, body = {}) {
      const run = (await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).send(body).expect(200)).body.data
      await eventually(
        `run ${run.id} is released`,
        async () => {
          const row = await db.selectFrom('runs').select('released_at').where('id', '=', run.id).executeTakeFirst()
          return row?.released_at != null
        },
        60_000,
      )
      return run.id
    },
    async [Symbol.asyncDispose]() {
      await worker.drain(0)
      await engine[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
