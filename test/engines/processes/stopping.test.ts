import { stat } from 'node:fs/promises'
import path from 'node:path'
import { eventually } from '../../support/eventually.ts'
import { createHarness, fixtureProgram, type Harness, neverStopped, planFor } from '../support/engine-harness.ts'
import { isRunning } from '../support/processes.ts'
import type { RecordingSink } from '../support/recording-sink.ts'

const graceMs = 600

describe('stopping a run', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness({ cancelGraceMs: graceMs, guardSeconds: 30 })
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  async function stopWhenReady(program: string, environmentVariables: Record<string, string> = {}) {
    const project = await harness.project()
    const sink = harness.sink()
    const abort = new AbortController()
    const commands = ['dbt build', 'dbt test']
    const plan = planFor(project, fixtureProgram(program), { commands, environmentVariables })
    const done = harness.engine.execute(plan, sink, abort.signal)
    await sink.until(() => sink.step(4).console.includes('ready'))
    const stoppedAt = performance.now()
    abort.abort('cancel')
    const outcome = await done
    return { outcome, sink, tookMs: performance.now() - stoppedAt }
  }

  function pidIn(sink: RecordingSink): number {
    return Number(/(?:ready|left) (\d+)/.exec(sink.step(4).console)?.[1])
  }

  test('interrupts dbt, which ends in its own time; what comes after is skipped', async () => {
    const { outcome, sink, tookMs } = await stopWhenReady('dbt-hangs')
    expect(outcome).toEqual({ outcome: 'stopped' })
    expect(sink.statuses).toEqual(['success', 'success', 'success', 'cancelled', 'skipped'])
    expect(sink.step(4).console).toContain('interrupted\n')
    expect(tookMs).toBeLessThan(graceMs)
    expect(isRunning(pidIn(sink))).toBe(false)
  })

  test('kills what ignores the interrupt, after the grace', async () => {
    const { outcome, sink, tookMs } = await stopWhenReady('dbt-ignores-sigint')
    expect(outcome).toEqual({ outcome: 'stopped' })
    expect(sink.step(4).end).toEqual({ status: 'cancelled' })
    expect(tookMs).toBeGreaterThanOrEqual(graceMs - 20)
    expect(tookMs).toBeLessThan(graceMs + 1000)
    expect(isRunning(pidIn(sink))).toBe(false)
  })

  test('ends also a program whose guardian does not, because the program stopped it', async () => {
    const { outcome, sink } = await stopWhenReady('dbt-stops-its-guardian')
    expect(outcome).toEqual({ outcome: 'stopped' })
    expect(sink.step(4).end).toEqual({ status: 'cancelled' })
    // Nobody is left who could wait for it.
    await eventually('the killed program is gone', () => !isRunning(pidIn(sink)))
  })

  test('lets the program inside a wrapper put things in order, though the wrapper is gone', async () => {
    const tidy = path.join(harness.folder, 'tidy')
    const { outcome } = await stopWhenReady('dbt-wrapped', { TIDY_FILE: tidy })
    expect(outcome).toEqual({ outcome: 'stopped' })
    expect((await stat(tidy)).isFile()).toBe(true)
  })

  test('while a step is being prepared starts nothing, and nothing goes on', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const before = timers()
    const abort = new AbortController()
    const sink = harness.sink()
    const record = sink.report.bind(sink)
    sink.report = async (event) => {
      await record(event)
      if (event.type === 'stepStarted' && event.step === 4) abort.abort('cancel')
    }
    const plan = planFor(await harness.project(), fixtureProgram('dbt-succeeds'))
    expect(await harness.engine.execute(plan, sink, abort.signal)).toEqual({ outcome: 'stopped' })
    expect(sink.step(4).console).not.toContain('ready')
    await eventually('no file is followed any more', () => timers() <= before)
  })

  test('before the run has begun starts nothing', async () => {
    const sink = harness.sink()
    const plan = planFor(await harness.project(), fixtureProgram('dbt-hangs'))
    const outcome = await harness.engine.execute(plan, sink, AbortSignal.abort('shutdown'))
    expect(outcome).toEqual({ outcome: 'stopped' })
    expect(sink.started).toEqual([])
    expect(sink.statuses).toEqual(['skipped', 'skipped', 'skipped', 'skipped'])
  })

  test('is not needed for what a program leaves behind: its step ends, and the rest of its group with it', async () => {
    const sink = harness.sink()
    const plan = planFor(await harness.project(), fixtureProgram('dbt-leaves-grandchild'))
    const startedAt = performance.now()
    expect(await harness.engine.execute(plan, sink, neverStopped())).toEqual({ outcome: 'success' })
    expect(performance.now() - startedAt).toBeLessThan(2000)
    expect(isRunning(pidIn(sink))).toBe(false)
  })
})

describe('the deadline of a run', () => {
  test('ends dbt when nobody renews it, and says so', async () => {
    await using harness = await createHarness({ guardSeconds: 0.5 })
    const plan = planFor(await harness.project(), fixtureProgram('dbt-hangs'))
    const { outcome } = await harness.run(plan)
    expect(outcome).toEqual({
      outcome: 'error',
      message: '`dbt build` failed: dbt was stopped, because the worker did not renew its hold on the run in time.',
    })
  })

  test('moves on with every renewal', async () => {
    await using harness = await createHarness({ guardSeconds: 1 })
    const sink = harness.sink()
    const abort = new AbortController()
    const plan = planFor(await harness.project(), fixtureProgram('dbt-hangs'))
    const done = harness.engine.execute(plan, sink, abort.signal)
    await sink.until(() => sink.step(4).console.includes('ready'))
    // Ten of them take twice as long as one lasts.
    let renewed = 0
    const renewals = setInterval(() => {
      harness.engine.renew(plan.runId, 1)
      if (++renewed === 10) abort.abort('cancel')
    }, 200)
    expect(await done).toEqual({ outcome: 'stopped' })
    clearInterval(renewals)
  })
})
