import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import pino from 'pino'
import type { ArtifactStore } from '../../src/artifacts/artifact-store.ts'
import { createDiskStore } from '../../src/artifacts/disk-store.ts'
import type { Database } from '../../src/db/database.ts'
import type { NewJob } from '../../src/db/schema.ts'
import { DatabaseWakeUp } from '../../src/db/wake-up.ts'
import type { RunPlan } from '../../src/engines/run-engine.ts'
import { reapLostRuns } from '../../src/queue/reap-lost-runs.ts'
import { Worker } from '../../src/queue/worker.ts'
import { cancelRun } from '../../src/runs/cancel-run.ts'
import { rerunJob, retryRun } from '../../src/runs/rerun-job.ts'
import { triggerRun } from '../../src/runs/trigger-run.ts'
import { createSecretBox } from '../../src/secrets/secret-box.ts'
import { eventually } from '../support/eventually.ts'
import { createJob } from '../support/rows.ts'
import { neverStarting, ScriptedEngine, succeeding, untilStopped } from '../support/scripted-engine.ts'
import { createTestDatabase, databaseKinds, emptyTestDatabase } from '../support/test-database.ts'

describe.each(databaseKinds)('a worker on %s', (kind) => {
  let database: Database
  let wakeUp: DatabaseWakeUp
  let folder: string
  let artifacts: ArtifactStore
  const workers: Worker[] = []

  beforeAll(async () => {
    database = await createTestDatabase(kind)
    wakeUp = new DatabaseWakeUp(database)
    wakeUp.start()
  })
  afterAll(async () => {
    await wakeUp[Symbol.asyncDispose]()
    await database.close()
  })
  beforeEach(async () => {
    await emptyTestDatabase(database)
    folder = await mkdtemp(path.join(tmpdir(), 'stratus-worker-'))
    artifacts = createDiskStore(folder)
  })
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.drain(0)))
    await rm(folder, { recursive: true, force: true })
  })

  function startWorker(
    engine: ScriptedEngine,
    options: { name?: string; leaseSeconds?: number; guardSeconds?: number } = {},
  ) {
    const worker = new Worker(
      { db: database.db, wakeUp, artifacts, secretBox: createSecretBox(['k'.repeat(32)]), engineFor: () => engine },
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
    workers.push(worker)
    worker.start()
    return worker
  }

  const trigger = async (jobId: number, overrides = {}) =>
    (await triggerRun({ db: database.db, wakeUp }, { accountId: 1, jobId, causeCategory: 'api', overrides })).id
  const findRun = (id: number) =>
    database.db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const stepsOf = (runId: number) =>
    database.db.selectFrom('run_steps').selectAll().where('run_id', '=', runId).orderBy('index').execute()
  const released = (id: number) =>
    eventually(`run ${id} is released`, async () => {
      const run = await findRun(id)
      return run.released_at !== null && run
    })
  const running = (id: number) => eventually(`run ${id} runs`, async () => (await findRun(id)).status === 'running')

  test('executes a triggered run to its end and keeps its steps and logs', async () => {
    startWorker(new ScriptedEngine(succeeding))
    const id = await trigger(await createJob(database.db, { execute_steps: ['dbt seed', 'dbt run'] }))
    const run = await released(id)
    expect([run.status, run.status_message]).toEqual(['success', null])
    expect(run.started_at).not.toBeNull()
    const steps = await stepsOf(id)
    expect(steps.map((step) => [step.index, step.status])).toEqual([1, 2, 3, 4, 5].map((index) => [index, 'success']))
    const log = await artifacts.get(steps[3]?.console_log_key ?? '')
    expect(log && (await text(log))).toBe('Invoke dbt with `dbt seed`\n')
    expect(await database.db.selectFrom('step_log_chunks').selectAll().execute()).toEqual([])
  })

  test('the plan of a run has the ids of the task that asked for it', async () => {
    const plans: RunPlan[] = []
    startWorker(
      new ScriptedEngine((plan, ...rest) => {
        plans.push(plan)
        return succeeding(plan, ...rest)
      }),
    )
    const jobId = await createJob(database.db)
    const cause = '{"parent":{"run":{"runId":"01a1fe8b"},"job":{"namespace":"airflow","name":"nightly.run_job"}}}'
    const overrides = {}
    const run = await triggerRun(
      { db: database.db, wakeUp },
      { accountId: 1, jobId, cause, causeCategory: 'api', overrides },
    )
    await released(run.id)
    await released(await trigger(jobId))
    expect(plans.map(({ lineage }) => lineage)).toEqual([
      { parent: { namespace: 'airflow', job_name: 'nightly.run_job', run_id: '01a1fe8b' }, root: null },
      undefined,
    ])
  })

  test('its runs start the jobs that wait for them, one after another', async () => {
    startWorker(new ScriptedEngine(succeeding))
    const first = await createJob(database.db)
    const waitFor = async (awaited: number) => {
      const { project_id } = await database.db
        .selectFrom('jobs')
        .select('project_id')
        .where('id', '=', awaited)
        .executeTakeFirstOrThrow()
      const condition = { job_id: awaited, project_id, statuses: [10] }
      return createJob(database.db, { job_completion_trigger: JSON.stringify({ condition }) })
    }
    const second = await waitFor(first)
    const third = await waitFor(second)
    const id = await trigger(first)
    const last = await eventually('the third job has run', async () => {
      const runs = await database.db.selectFrom('runs').selectAll().orderBy('id').execute()
      return runs.length === 3 && runs.every((run) => run.released_at !== null) && runs
    })
    expect(last.map((run) => [run.job_id, run.status, run.upstream_run_id])).toEqual([
      [first, 'success', null],
      [second, 'success', id],
      [third, 'success', last[1]?.id],
    ])
  })

  test('a cancelled run is final at once, and released when its engine has stopped', async () => {
    startWorker(new ScriptedEngine(untilStopped))
    const id = await trigger(await createJob(database.db))
    await running(id)
    const cancelled = await cancelRun({ db: database.db, wakeUp }, { accountId: 1, runId: id })
    expect(cancelled.status).toBe('cancelled')
    const run = await released(id)
    expect([run.status, run.status_message]).toEqual(['cancelled', 'Cancelled by user.'])
    expect((await stepsOf(id)).map((step) => step.status)).toEqual(['cancelled', 'skipped', 'skipped', 'skipped'])
  })

  test('a cancel that no wake-up announced is found by polling', async () => {
    startWorker(new ScriptedEngine(untilStopped))
    const id = await trigger(await createJob(database.db))
    await running(id)
    await database.db.updateTable('runs').set({ status: 'cancelled' }).where('id', '=', id).execute()
    expect((await released(id)).status).toBe('cancelled')
  })

  test('a run that takes too long is cancelled with the configured and the spent time', async () => {
    startWorker(new ScriptedEngine(untilStopped))
    const id = await trigger(await createJob(database.db), { timeout_seconds_override: 1 })
    const run = await released(id)
    expect([run.status, run.status_message]).toEqual([
      'cancelled',
      'This run timed out after running for 1 second, which exceeded the configured timeout of 1 seconds.',
    ])
  })

  test('an engine that breaks ends the run in error with the reason, and the worker goes on', async () => {
    const engine = new ScriptedEngine(() => Promise.reject(new Error('the engine broke')))
    startWorker(engine)
    const job = await createJob(database.db)
    const run = await released(await trigger(job))
    expect([run.status, run.status_message]).toEqual([
      'error',
      'Stratus could not go on with this run: the engine broke',
    ])
    engine.script = succeeding
    expect((await released(await trigger(job))).status).toBe('success')
  })

  test('when the store cannot take a log the run ends in error and says why', async () => {
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' })
    artifacts = { ...artifacts, put: () => Promise.reject(full) }
    startWorker(new ScriptedEngine(succeeding))
    const run = await released(await trigger(await createJob(database.db)))
    expect([run.status, run.status_message]).toEqual([
      'error',
      'No space is left on the disk for the logs and artifacts of this run.',
    ])
    expect((await stepsOf(run.id)).filter(({ status }) => status === 'queued' || status === 'running')).toEqual([])
  })

  test('a log that the store cannot take costs no other step its end', async () => {
    const { put } = artifacts
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' })
    artifacts = {
      ...artifacts,
      put: (key, content) => (key.includes('/3/') ? Promise.reject(full) : put(key, content)),
    }
    startWorker(new ScriptedEngine(succeeding))
    const run = await released(await trigger(await createJob(database.db)))
    expect(run.status).toBe('error')
    expect((await stepsOf(run.id)).map(({ status }) => status).slice(0, 3)).toEqual(['success', 'success', 'skipped'])
  })

  test('steps have the times of what they did, the command that was run, and messages of any characters', async () => {
    const cut = 'fails 🚀'.slice(0, -1)
    const script: ScriptedEngine['script'] = async (plan, sink) => {
      const [first = 0, second = 0, ...rest] = plan.steps.map(({ index }) => index)
      sink.stepStarted(first)
      await sink.stepFinished(first, { status: 'success' })
      sink.stepStarted(second, `dbt build ${cut}\0`)
      await wait(80)
      await sink.stepFinished(second, { status: 'error', message: `${cut}\0` })
      for (const index of rest) await sink.stepFinished(index, { status: 'skipped' })
      return { outcome: 'error', message: `${cut}\0` }
    }
    startWorker(new ScriptedEngine(script))
    const run = await released(await trigger(await createJob(database.db)))
    const [first, second, third] = await stepsOf(run.id)
    const ofSteps = [first?.started_at, first?.finished_at, second?.started_at, second?.finished_at]
    const times = [run.created_at, run.started_at, ...ofSteps, run.finished_at].map(Number)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(Number(second?.finished_at) - Number(second?.started_at)).toBeGreaterThanOrEqual(75)
    expect([third?.status, third?.started_at, third?.finished_at]).toEqual(['skipped', null, null])
    const stored = 'fails \uFFFD'
    expect([run.status_message, second?.status_message]).toEqual([`${stored}\uFFFD`, `${stored}\uFFFD`])
    expect(second?.argv).toBe(`dbt build ${stored}\uFFFD`)
  })

  test('a worker that stops gives back what has not started and ends what has in error', async () => {
    const started = startWorker(new ScriptedEngine(untilStopped))
    const id = await trigger(await createJob(database.db))
    await running(id)
    await started.drain(0)
    expect([(await findRun(id)).status, (await findRun(id)).status_message]).toEqual([
      'error',
      'The worker was stopped.',
    ])

    const idle = startWorker(new ScriptedEngine(neverStarting), { name: 'w2' })
    const second = await trigger(await createJob(database.db))
    await eventually('it is claimed', async () => (await findRun(second)).status === 'starting')
    await idle.drain(0)
    const queued = await findRun(second)
    expect([queued.status, queued.claimed_at, queued.locked_by]).toEqual(['queued', null, null])
    expect(await stepsOf(second)).toEqual([])
    startWorker(new ScriptedEngine(succeeding), { name: 'w3' })
    expect((await released(second)).status).toBe('success')
  })

  test('a worker whose lease was taken writes nothing any more', async () => {
    let resume: () => void = () => {}
    const frozen = new Promise<void>((resolve) => {
      resume = resolve
    })
    let wrote: () => void = () => {}
    const written = new Promise<void>((resolve) => {
      wrote = resolve
    })
    const engine = new ScriptedEngine(async (_plan, sink) => {
      sink.stepStarted(1)
      await frozen
      await sink.log(1, 'console', 'written by a ghost')
      await sink.stepFinished(1, { status: 'success', message: 'ghost' })
      sink.dbtVersion('9.9.9')
      wrote()
      return { outcome: 'success' }
    })
    startWorker(engine, { guardSeconds: 600 })
    const id = await trigger(await createJob(database.db))
    await running(id)
    await database.db
      .updateTable('runs')
      .set({ lease_expires_at: sql<Date>`now() - interval '1 minute'` })
      .where('id', '=', id)
      .execute()
    expect(await reapLostRuns(database.db, { graceSeconds: 5 })).toEqual([{ runId: id, fate: 'ended in error' }])
    const before = [await findRun(id), await stepsOf(id)]
    resume()
    await written
    await eventually('the engine has ended', () => engine.active === 0)
    await Promise.all(workers.map((worker) => worker.drain(0)))
    expect([await findRun(id), await stepsOf(id)]).toEqual(before)
    expect(await database.db.selectFrom('step_log_chunks').selectAll().execute()).toEqual([])
  })

  test('runs that need the same file alone wait for one another and say for whom', async () => {
    let active = 0
    const waitedFor: number[] = []
    const engine = new ScriptedEngine(async (_plan, sink) => {
      sink.stepStarted(1)
      await sink.holdExclusively('duckdb:here:/shop.duckdb', (holder) => waitedFor.push(holder))
      active++
      expect(active).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 50))
      active--
      await sink.stepFinished(1, { status: 'success' })
      return { outcome: 'success' }
    })
    startWorker(engine)
    const ids = await Promise.all([1, 2, 3].map(async () => trigger(await createJob(database.db))))
    for (const id of ids) expect((await released(id)).status).toBe('success')
    expect(engine.maxActive).toBeGreaterThan(1)
    expect(waitedFor.length).toBeGreaterThanOrEqual(2)
    expect(await database.db.selectFrom('exclusive_holds').selectAll().execute()).toEqual([])
  })

  describe('reruns', () => {
    /** Fails at the first command that is named `dbt fails`, leaving results behind. */
    const failing = new ScriptedEngine(async (plan, sink) => {
      let failed = false
      for (const step of plan.steps) {
        if (failed) {
          await sink.stepFinished(step.index, { status: 'skipped' })
          continue
        }
        sink.stepStarted(step.index)
        failed = step.command === 'dbt build'
        if (failed) await sink.artifact(step.index, 'run_results.json', '{}')
        await sink.stepFinished(step.index, { status: failed ? 'error' : 'success' })
      }
      return failed ? { outcome: 'error', message: 'dbt build failed' } : { outcome: 'success' }
    })
    const commands = { execute_steps: ['dbt seed', 'dbt build', 'dbt test'] } satisfies Partial<NewJob>

    test('a failed run resumes at its failed command, with the results of the failure', async () => {
      startWorker(failing)
      const job = await createJob(database.db, commands)
      const first = await released(await trigger(job, { threads_override: 3 }))
      expect(first.status).toBe('error')
      const plans: unknown[] = []
      const again = new ScriptedEngine((plan, sink, signal) => {
        plans.push(
          plan.threads,
          plan.retry,
          plan.steps.slice(3).map((step) => [step.command, step.resumes ?? false]),
        )
        return succeeding(plan, sink, signal)
      })
      failing.script = again.script
      const rerun = await rerunJob({ db: database.db, wakeUp }, { accountId: 1, jobId: job })
      expect([rerun.retrying_run_id, rerun.cause_category]).toEqual([first.id, 'rerun'])
      expect((await released(rerun.id)).status).toBe('success')
      expect(plans).toEqual([
        3,
        { runId: first.id, runResultsKey: `runs/${first.id}/1/5/run_results.json` },
        [
          ['dbt build', true],
          ['dbt test', false],
        ],
      ])
      await expect(retryRun({ db: database.db, wakeUp }, { accountId: 1, runId: first.id })).rejects.toThrow(
        'it is not the latest run of its job',
      )
      const plain = await rerunJob({ db: database.db, wakeUp }, { accountId: 1, jobId: job })
      expect(plain.retrying_run_id).toBeNull()
    })
  })
})
