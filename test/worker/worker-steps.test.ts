import { StoreFullError, StoreUnavailableError } from '../../src/domain/store-errors.ts'
import type { RunSink } from '../../src/engines/run-engine.ts'
import { textOf } from '../support/artifact-store-contract.ts'
import { databaseKinds } from '../support/database/test-database.ts'
import { eventually } from '../support/eventually.ts'
import { createJob } from '../support/rows.ts'
import { ScriptedEngine, succeeding } from '../support/scripted-engine.ts'
import { useWorkers } from '../support/worker-harness.ts'

describe.each(databaseKinds)('what a worker writes of steps on %s', (kind) => {
  const harness = useWorkers(kind)

  test('when the store cannot take a log the run ends in error and says why', async () => {
    const full = new StoreFullError('The bucket is full')
    harness.artifacts = { ...harness.artifacts, put: () => Promise.reject(full) }
    harness.startWorker(new ScriptedEngine(succeeding))
    const run = await harness.released(await harness.trigger(await createJob(harness.db)))
    expect([run.status, run.status_message]).toEqual([
      'error',
      'No space is left on the disk for the logs and artifacts of this run.',
    ])
    expect((await harness.stepsOf(run.id)).filter(({ status }) => status === 'queued' || status === 'running')).toEqual(
      [],
    )
  })

  test('a store that is down is waited for, the log says so, and nothing is lost', async () => {
    const { put } = harness.artifacts
    let isDown = true
    harness.artifacts = {
      ...harness.artifacts,
      put: (key, content) =>
        isDown ? Promise.reject(new StoreUnavailableError('SlowDown (503): later')) : put(key, content),
    }
    harness.startWorker(new ScriptedEngine(succeeding))
    const id = await harness.trigger(await createJob(harness.db))
    const said = await eventually('the log says that the store is away', async () => {
      const chunks = await harness.db.selectFrom('step_log_chunks').select('content').execute()
      return chunks.find(({ content }) => content.includes('takes nothing now (SlowDown (503): later)'))
    })
    expect(said?.content).toContain('for 60 s at most')
    expect((await harness.findRun(id)).released_at).toBeNull()
    isDown = false
    expect((await harness.released(id)).status).toBe('success')
    const steps = await harness.stepsOf(id)
    const logs = await Promise.all(steps.map(async ({ console_log_key: key }) => key && textOf(harness.artifacts, key)))
    expect(logs.join('')).toContain('The store of artifacts takes nothing now')
    expect(steps.map(({ status }) => status)).not.toContain('running')
  })

  test.each<[string, () => Promise<never>]>([
    ['says no for too long', () => Promise.reject(new StoreUnavailableError('AccessDenied (403): no'))],
    ['never answers', () => new Promise(() => {})],
  ])('a store that %s ends the run, which says which setting bounds the waiting', async (_fault, put) => {
    harness.artifacts = { ...harness.artifacts, put }
    harness.artifactsWaitMs = 300
    harness.startWorker(new ScriptedEngine(succeeding))
    const run = await harness.released(await harness.trigger(await createJob(harness.db)))
    expect(run.status).toBe('error')
    expect(run.status_message).toContain('(STRATUS_ARTIFACTS_WAIT_SECONDS)')
  })

  test('a log that the store cannot take costs no other step its end', async () => {
    const { put } = harness.artifacts
    const full = new StoreFullError('The bucket is full')
    harness.artifacts = {
      ...harness.artifacts,
      put: (key, content) => (key.includes('/3/') ? Promise.reject(full) : put(key, content)),
    }
    harness.startWorker(new ScriptedEngine(succeeding))
    const run = await harness.released(await harness.trigger(await createJob(harness.db)))
    expect(run.status).toBe('error')
    expect((await harness.stepsOf(run.id)).map(({ status }) => status).slice(0, 3)).toEqual([
      'success',
      'success',
      'skipped',
    ])
  })

  test('an engine may plan other steps than the settings ask for, and more of them on its way', async () => {
    const take = async (sink: RunSink, index: number, name: string) => {
      await sink.report({ type: 'stepsPlanned', steps: [{ index, kind: 'command', name, command: 'dbt build' }] })
      await sink.report({ type: 'stepStarted', step: index })
      await sink.report({ type: 'stepFinished', step: index, end: { status: 'success' } })
    }
    harness.startWorker({
      async execute(_plan, sink) {
        await take(sink, 1, 'Somewhere else')
        await take(sink, 2, 'And again')
        return { outcome: 'success' }
      },
      renew() {},
      async cleared() {},
    })
    const run = await harness.released(await harness.trigger(await createJob(harness.db)))
    expect(run.status).toBe('success')
    expect((await harness.stepsOf(run.id)).map(({ index, name, status }) => [index, name, status])).toEqual([
      [1, 'Somewhere else', 'success'],
      [2, 'And again', 'success'],
    ])
  })

  test('steps have the times of what they did, the command that was run, and messages of any characters', async () => {
    const cut = 'fails 🚀'.slice(0, -1)
    let took = 0
    let mayEnd = () => {}
    const untilItMayEnd = new Promise<void>((resolve) => {
      mayEnd = resolve
    })
    const script: ScriptedEngine['script'] = async (plan, sink) => {
      const [first = 0, second = 0, ...rest] = plan.steps.map(({ index }) => index)
      await sink.report({ type: 'stepStarted', step: first })
      await sink.report({ type: 'stepFinished', step: first, end: { status: 'success' } })
      await sink.report({ type: 'stepStarted', step: second, argv: `dbt build ${cut}\0` })
      const startedAt = performance.now()
      await untilItMayEnd
      took = performance.now() - startedAt
      await sink.report({ type: 'stepFinished', step: second, end: { status: 'error', message: `${cut}\0` } })
      for (const index of rest) await sink.report({ type: 'stepFinished', step: index, end: { status: 'skipped' } })
      return { outcome: 'error', message: `${cut}\0` }
    }
    harness.startWorker(new ScriptedEngine(script))
    const id = await harness.trigger(await createJob(harness.db))
    await eventually('the second step runs', async () => (await harness.stepsOf(id))[1]?.status === 'running')
    mayEnd()
    const run = await harness.released(id)
    const [first, second, third] = await harness.stepsOf(run.id)
    const ofSteps = [first?.started_at, first?.finished_at, second?.started_at, second?.finished_at]
    const times = [run.created_at, run.started_at, ...ofSteps, run.finished_at].map(Number)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(took).toBeGreaterThan(5)
    expect(Number(second?.finished_at) - Number(second?.started_at)).toBeGreaterThanOrEqual(took - 5)
    expect([third?.status, third?.started_at, third?.finished_at]).toEqual(['skipped', null, null])
    const stored = 'fails \uFFFD'
    expect([run.status_message, second?.status_message]).toEqual([`${stored}\uFFFD`, `${stored}\uFFFD`])
    expect(second?.argv).toBe(`dbt build ${stored}\uFFFD`)
  })

  test.each([
    [{}, undefined],
    [{ deferring_job_definition_id: 12 }, { kind: 'job', id: 12 }],
    [
      { deferring_job_definition_id: 12, deferring_environment_id: 7 },
      { kind: 'environment', id: 7 },
    ],
  ])('an engine is told what the job defers to: %j', async (settings, deferral) => {
    const told: unknown[] = []
    harness.startWorker(
      new ScriptedEngine((plan, sink, signal) => {
        told.push(plan.deferral)
        return succeeding(plan, sink, signal)
      }),
    )
    await harness.released(await harness.trigger(await createJob(harness.db, settings)))
    expect(told).toEqual([deferral])
  })
})
