import { sql } from 'kysely'
import { reapLostRuns } from '../../src/queue/reap-lost-runs.ts'
import { cancelRun } from '../../src/runs/cancel-run.ts'
import { databaseKinds } from '../support/database/test-database.ts'
import { eventually } from '../support/eventually.ts'
import { createJob } from '../support/rows.ts'
import { aborted, neverStarting, ScriptedEngine, succeeding, untilStopped } from '../support/scripted-engine.ts'
import { useWorkers } from '../support/worker-harness.ts'

describe.each(databaseKinds)('a worker whose runs are stopped on %s', (kind) => {
  const harness = useWorkers(kind)

  test('a run ends before what it left is removed, and its slot is free after that', async () => {
    const engine = new ScriptedEngine(succeeding)
    const removal = new AbortController()
    engine.cleared = () => aborted(removal.signal)
    const kinds: string[] = []
    const unsubscribe = harness.wakeUp.subscribe(({ kind }) => kinds.push(kind))
    const worker = harness.startWorker(engine)
    const run = await harness.released(await harness.trigger(await createJob(harness.db)))
    expect([run.status, worker.busy]).toEqual(['success', 1])
    await eventually('its lane is offered', () => kinds.slice(-2).join() === 'ended,queued')
    unsubscribe()
    removal.abort()
    await eventually('the slot is free', () => worker.busy === 0)
  })

  test('a cancelled run is final at once, and released when its engine has stopped', async () => {
    harness.startWorker(new ScriptedEngine(untilStopped))
    const id = await harness.trigger(await createJob(harness.db))
    await harness.running(id)
    const cancelled = await cancelRun(harness, { accountId: 1, runId: id })
    expect(cancelled.status).toBe('cancelled')
    const run = await harness.released(id)
    expect([run.status, run.status_message]).toEqual(['cancelled', 'Cancelled by user.'])
    expect((await harness.stepsOf(id)).map((step) => step.status)).toEqual([
      'cancelled',
      'skipped',
      'skipped',
      'skipped',
    ])
  })

  test('a cancel that no wake-up announced is found by polling', async () => {
    harness.startWorker(new ScriptedEngine(untilStopped))
    const id = await harness.trigger(await createJob(harness.db))
    await harness.running(id)
    await harness.db.updateTable('runs').set({ status: 'cancelled' }).where('id', '=', id).execute()
    expect((await harness.released(id)).status).toBe('cancelled')
  })

  test('a run that takes too long is cancelled with the configured and the spent time', async () => {
    harness.startWorker(new ScriptedEngine(untilStopped))
    const id = await harness.trigger(await createJob(harness.db), { timeout_seconds_override: 1 })
    const run = await harness.released(id)
    expect([run.status, run.status_message]).toEqual([
      'cancelled',
      'This run timed out after running for 1 second, which exceeded the configured timeout of 1 seconds.',
    ])
  })

  test('a worker that stops gives back what has not started and ends what has in error', async () => {
    const started = harness.startWorker(new ScriptedEngine(untilStopped))
    const id = await harness.trigger(await createJob(harness.db))
    await harness.running(id)
    await started.drain(0, { by: 'SIGINT' })
    expect([(await harness.findRun(id)).status, (await harness.findRun(id)).status_message]).toEqual([
      'error',
      'The worker w1 was told to stop (SIGINT) while it executed this run, and waits for none (STRATUS_DRAIN_TIMEOUT: 0 s). ' +
        'A rerun starts from the beginning.',
    ])

    const idle = harness.startWorker(new ScriptedEngine(neverStarting), { name: 'w2' })
    const second = await harness.trigger(await createJob(harness.db))
    await eventually('it is claimed', async () => (await harness.findRun(second)).status === 'starting')
    await idle.drain(0)
    const queued = await harness.findRun(second)
    expect([queued.status, queued.claimed_at, queued.locked_by]).toEqual(['queued', null, null])
    expect(await harness.stepsOf(second)).toEqual([])
    harness.startWorker(new ScriptedEngine(succeeding), { name: 'w3' })
    expect((await harness.released(second)).status).toBe('success')
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
      await sink.report({ type: 'stepStarted', step: 1 })
      await frozen
      await sink.report({ type: 'log', step: 1, stream: 'console', text: 'written by a ghost' })
      await sink.report({ type: 'stepFinished', step: 1, end: { status: 'success', message: 'ghost' } })
      await sink.report({ type: 'dbtVersion', version: '9.9.9' })
      wrote()
      return { outcome: 'success' }
    })
    harness.startWorker(engine, { guardSeconds: 600 })
    const id = await harness.trigger(await createJob(harness.db))
    await harness.running(id)
    await harness.db
      .updateTable('runs')
      .set({ lease_expires_at: sql<Date>`now() - interval '1 minute'` })
      .where('id', '=', id)
      .execute()
    expect(await reapLostRuns(harness.db, { graceSeconds: 5 })).toEqual([{ runId: id, fate: 'ended in error' }])
    const before = [await harness.findRun(id), await harness.stepsOf(id)]
    resume()
    await written
    await eventually('the engine has ended', () => engine.active === 0)
    await harness.drain()
    expect([await harness.findRun(id), await harness.stepsOf(id)]).toEqual(before)
    expect(await harness.db.selectFrom('step_log_chunks').selectAll().execute()).toEqual([])
  })
})
