import { SimulatedRuns } from '../../../test/engines/simulated/simulated-harness.ts'
import { planRetrySteps } from '../../domain/runs/plan-steps.ts'
import { systemClock } from './clock.ts'

let runs: SimulatedRuns
beforeAll(async () => {
  runs = await SimulatedRuns.create()
})
afterAll(() => runs[Symbol.asyncDispose]())

const ordersFail = {
  time_scale: 0,
  nodes: [{ select: 'orders', outcome: 'error', message: 'relation "till.orders" does not exist' }],
}

describe('a stopped run', () => {
  it('ends at once: its step cancelled, the later ones skipped, with the results of what had ended', async () => {
    const stop = new AbortController()
    const sink = runs.sink()
    const scenario = {
      steps: [
        { step: 'clone', duration: 0 },
        { step: 'profile', duration: 0 },
        { step: 'dbt*', duration: 0 },
      ],
      nodes: [
        { select: '*', duration: 0.01 },
        { select: 'orders', duration: 3600 },
      ],
    }
    const played = runs.play(
      { scenario, commands: ['dbt build', 'dbt test'], signal: stop.signal, clock: systemClock },
      sink,
    )
    await sink.until(() => sink.step(4).console.includes('START sql table model analytics.orders'))
    const stoppedAt = performance.now()
    stop.abort('cancel')
    const { outcome, statuses } = await played
    expect(performance.now() - stoppedAt).toBeLessThan(1000)
    expect(outcome).toEqual({ outcome: 'stopped' })
    expect(sink.statuses).toEqual(['success', 'success', 'success', 'cancelled', 'skipped'])
    const ended = await statuses(4)
    expect(ended).toMatchObject({ stg_orders: 'success', stg_payments: 'success' })
    expect(ended).not.toHaveProperty('orders')
  })

  it('starts nothing when it is stopped before', async () => {
    const { outcome, sink } = await runs.play({ signal: AbortSignal.abort('shutdown') })
    expect(outcome).toEqual({ outcome: 'stopped' })
    expect(sink.started).toEqual([])
  })
})

describe('fail_first', () => {
  const playAttempt = (scenario: object, attempt: number, sinceLastSuccess = attempt) =>
    runs.play({
      scenario: { time_scale: 0, ...scenario },
      attempt: { sinceFirstRun: attempt, sinceLastSuccess },
    })
  const outcomesOf = async (scenario: object) =>
    Promise.all([1, 2, 3].map(async (attempt) => (await playAttempt(scenario, attempt)).outcome.outcome))

  it('makes the first executions of a job fail, at a model of its choice', async () => {
    expect(await outcomesOf({ fail_first: 2 })).toEqual(['error', 'error', 'success'])
    const { outcome } = await playAttempt({ fail_first: 2 }, 1)
    expect(outcome).toMatchObject({ message: expect.stringContaining('Database Error in model ') })
  })

  it('ends the faults that the scenario names', async () => {
    expect(await outcomesOf({ ...ordersFail, fail_first: 1 })).toEqual(['error', 'success', 'success'])
  })

  it('of a rule holds for the rule alone', async () => {
    expect(await outcomesOf({ nodes: [{ select: 'orders', fail_first: 1 }] })).toEqual(['error', 'success', 'success'])
    expect(await outcomesOf({ steps: [{ step: 'deps', fail_first: 2 }] })).toEqual(['error', 'error', 'success'])
  })

  it('can count from the last success', async () => {
    const scenario = { fail_first: 1, count_from: 'last_success' }
    expect((await playAttempt(scenario, 9, 1)).outcome.outcome).toBe('error')
    expect((await playAttempt(scenario, 9, 2)).outcome.outcome).toBe('success')
  })

  it('fails a command that has no nodes as a whole', async () => {
    const scenario = { time_scale: 0, fail_first: 1 }
    const { sink } = await runs.play({ scenario, commands: ['dbt run-operation vacuum'] })
    expect(sink.step(4).end).toEqual({ status: 'error', message: 'The scenario says that this fails.' })
    expect(sink.step(4).artifacts).toEqual([])
  })
})

describe('a run that resumes another', () => {
  const settings = { connectionName: 'warehouse', commands: ['dbt build', 'dbt test'], freshness: false, docs: false }
  const earlier = [
    { index: 4, kind: 'command' as const, status: 'error', name: 'build', command: 'dbt build' },
    { index: 5, kind: 'command' as const, status: 'skipped', name: 'test', command: 'dbt test' },
  ]
  const steps = planRetrySteps(settings, earlier, true)

  it('executes only the nodes that had failed or were skipped', async () => {
    const scenario = { ...ordersFail, fail_first: 1 }
    const first = await runs.play({ scenario, commands: settings.commands })
    const unfinished = Object.entries(await first.statuses(4)).filter(([, status]) => /error|skipped/.test(status))
    const second = await runs.play({
      scenario,
      steps,
      attempt: { sinceFirstRun: 2, sinceLastSuccess: 2 },
      plan: {
        runId: 8,
        retry: { runId: 7, runResultsKey: first.sink.fileOf(4, 'run_results.json') },
      },
    })
    expect(second.outcome).toEqual({ outcome: 'success' })
    expect(second.sink.step(4)).toMatchObject({ argv: 'dbt retry' })
    expect(second.sink.step(4).console).toContain('Resuming run 7 where this command failed.')
    expect(Object.keys(await second.statuses(4)).sort()).toEqual(unfinished.map(([name]) => name).sort())
    expect((await second.results(4)).args.which).toBe('build')
    expect(Object.keys(await second.statuses(5))).toHaveLength(4)
  })

  it('fails again at the node that fail_first chose', async () => {
    const scenario = { time_scale: 0, fail_first: 2 }
    const first = await runs.play({ scenario, commands: settings.commands })
    const attempt = { sinceFirstRun: 2, sinceLastSuccess: 2 }
    const plan = {
      retry: { runId: 7, runResultsKey: first.sink.fileOf(4, 'run_results.json') },
    }
    const second = await runs.play({ scenario, attempt, steps, plan })
    expect(second.outcome).toEqual(first.outcome)
  })

  it.each([
    ['/nowhere/run_results.json', 'the results of run 7 are not available any more'],
    [import.meta.filename, 'the results of run 7 cannot be read'],
  ])('runs the whole command when the results are %s', async (runResultsKey, reason) => {
    const played = await runs.play({ scenario: { time_scale: 0 }, steps, plan: { retry: { runId: 7, runResultsKey } } })
    expect(played.sink.step(4).console).toContain(`The command is run whole: ${reason}.`)
    expect(played.sink.step(4).argv).toBe('dbt build')
    expect((await played.results(4)).results).toHaveLength(11)
  })
})
