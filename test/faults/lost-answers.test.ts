import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { createDiskStore } from '../../src/artifacts/disk/disk-store.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { DatabaseWakeUp } from '../../src/db/wake-up.ts'
import { readStepsWithLogs } from '../../src/runs/run-log.ts'
import { triggerRun } from '../../src/runs/trigger-run.ts'
import { createSecretBox } from '../../src/secrets/secret-box.ts'
import { LogSpool } from '../../src/worker/logs/log-spool.ts'
import { executeInProcess } from '../../src/worker/run-execution.ts'
import { Worker } from '../../src/worker/worker.ts'
import { type DatabaseProxy, startDatabaseProxy } from '../support/database/database-proxy.ts'
import { createTestDatabase, emptyTestDatabase } from '../support/database/test-database.ts'
import { eventually } from '../support/eventually.ts'
import { createJob } from '../support/rows.ts'
import { ScriptedEngine } from '../support/scripted-engine.ts'
import { testKey } from '../support/test-key.ts'

/** A run that says much in each step, goes on only when its chunks are there to be read, and leaves an artifact. */
const chatty = (direct: () => Database) =>
  new ScriptedEngine(async (plan, sink) => {
    for (const step of plan.steps) {
      await sink.report({
        type: 'stepStarted',
        step: step.index,
        ...(step.command !== undefined && { argv: step.command }),
      })
      for (let line = 0; line < 3; line++) {
        await sink.report({ type: 'log', step: step.index, stream: 'console', text: `${step.index}.${line}\n` })
        await sink.report({ type: 'log', step: step.index, stream: 'debug', text: `debug ${step.index}.${line}\n` })
        await eventually('the line can be read', async () => {
          const chunks = await direct()
            .db.selectFrom('step_log_chunks')
            .innerJoin('run_steps', 'run_steps.id', 'step_log_chunks.step_id')
            .where('run_steps.run_id', '=', plan.runId)
            .where('step_log_chunks.content', 'like', `%${step.index}.${line}%`)
            .select('stream')
            .execute()
          return chunks.length === 2
        })
      }
      await sink.report({ type: 'dbtVersion', version: '1.11.0' })
      await sink.report({ type: 'connectionSeen', connection: { name: 'shop', type: 'duckdb', details: {} } })
      await sink.holdExclusively([`file-${step.index}`], () => {})
      await sink.report({ type: 'artifact', step: step.index, path: 'run_results.json', content: '{}' })
      await sink.report({ type: 'stepFinished', step: step.index, end: { status: 'success' } })
    }
    return { outcome: 'success' }
  })

describe('the answer to a statement is lost with its connection', () => {
  let direct: Database
  let proxy: DatabaseProxy
  let behind: Database
  let wakeUp: DatabaseWakeUp
  let folder: string
  let worker: Worker | undefined
  beforeAll(async () => {
    direct = await createTestDatabase()
    proxy = await startDatabaseProxy(direct.url ?? '')
  })
  beforeEach(async () => {
    await emptyTestDatabase(direct)
    behind = await openDatabase({ kind: 'postgres', url: proxy.url, poolSize: 3 })
    wakeUp = new DatabaseWakeUp(behind)
    folder = await mkdtemp(path.join(tmpdir(), 'stratus-answers-'))
  })
  afterEach(async () => {
    await worker?.drain(0)
    await wakeUp[Symbol.asyncDispose]()
    await behind.close()
    await rm(folder, { recursive: true, force: true })
  })
  afterAll(async () => {
    await proxy.close()
    await direct.close()
  })

  function startWorker(engine: ScriptedEngine): void {
    const executor = executeInProcess({
      db: behind.db,
      wakeUp,
      artifacts: createDiskStore(folder),
      artifactsWaitMs: 60_000,
      logSpool: new LogSpool({ folder: path.join(folder, 'spool'), maxBytes: 2 ** 20 }),
      secretBox: createSecretBox([testKey('worker')]),
      engineFor: () => engine,
    })
    const options = { name: 'w1', capacity: 4, leaseSeconds: 15, guardSeconds: 1, pollMs: 200 }
    worker = new Worker({ db: behind.db, wakeUp, executor }, { ...options, logger: pino({ level: 'silent' }) })
    worker.start()
  }

  test.each([
    ['the claim', /claim_run_to_execute/],
    ['the look for held runs', /select "id", "serial_key".* from "runs"/],
    ['a renewal of the lease', /"last_heartbeat_at" = now\(\)/],
    ['the planned steps', /insert into run_steps/],
    ['what the run found out', /update "runs" set .*case when status = 'starting'/],
    ['a step that begins', /update "run_steps" set "status"/],
    ['a piece of log', /insert into step_log_chunks/],
    ['an exclusive hold', /insert into exclusive_holds/],
    ['the connection seen', /update environments set connection_seen/],
    ['artifacts', /insert into run_artifacts/],
    ['ends of steps', /update run_steps set/],
    ['the lane of the release', /select from lanes/],
    ['the release', /"released_at" = now\(\)/],
    ['the commit of the release', /commit/],
  ])('%s: the run succeeds, whole, in order, and nothing is there twice', async (_what, statement) => {
    const swallowed = proxy.swallowAnswer(statement)
    const jobId = await createJob(direct.db)
    const { id } = await triggerRun(
      { db: direct.db, wakeUp },
      { accountId: 1, jobId, causeCategory: 'api', overrides: {} },
    )
    const engine = chatty(() => direct)
    startWorker(engine)
    await swallowed
    const run = await eventually('the run is released', async () => {
      const row = await direct.db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      return row.released_at !== null && row
    })
    expect([run.status, run.status_message, engine.executed]).toEqual(['success', null, [id]])
    const steps = await readStepsWithLogs({ db: direct.db, artifacts: createDiskStore(folder) }, id, { debug: true })
    expect(steps.map(({ step }) => step.index)).toEqual([1, 2, 3, 4])
    for (const { step, consoleLog, debugLog } of steps) {
      const said = [0, 1, 2].map((line) => `${step.index}.${line}\n`)
      expect([step.status, consoleLog]).toEqual(['success', said.join('')])
      expect(debugLog).toBe(said.map((line) => `debug ${line}`).join(''))
    }
    const left = (table: 'step_log_chunks' | 'run_artifacts' | 'exclusive_holds') =>
      direct.db.selectFrom(table).selectAll().execute()
    expect([await left('step_log_chunks'), await left('exclusive_holds')]).toEqual([[], []])
    expect(await left('run_artifacts')).toHaveLength(4)
  })
})
