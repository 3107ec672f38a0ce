import { writeFile } from 'node:fs/promises'
import { readJson, SimulatedRuns } from '../../../test/engines/simulated/simulated-harness.ts'
import { resolveScenario } from '../../domain/scenarios/resolve-scenario.ts'
import { scenarioFromArtifacts } from './scenario-from-artifacts.ts'

let runs: SimulatedRuns
beforeAll(async () => {
  runs = await SimulatedRuns.create()
})
afterAll(() => runs[Symbol.asyncDispose]())

async function record() {
  const recorded = await runs.play({
    scenario: {
      seed: 5,
      time_scale: 0,
      nodes: [
        { select: 'customers', outcome: 'error', message: 'out of memory\nDETAIL: sort', duration: 3.25 },
        { select: 'unique_stg_orders_order_id', outcome: 'warn', failures: 4 },
        { select: 'not_null_orders_order_id', outcome: 'fail', failures: 1 },
      ],
    },
  })
  return {
    recorded,
    manifest: recorded.sink.fileOf(4, 'manifest.json'),
    results: recorded.sink.fileOf(4, 'run_results.json'),
  }
}

describe('the scenario of a recorded run', () => {
  it('makes the nodes take as long and end as they did', async () => {
    const { recorded, manifest, results } = await record()
    const scenario = await scenarioFromArtifacts(manifest, results)
    const replayed = await runs.play({ scenario: { ...scenario, time_scale: 0 } })
    const sorted = async (run: typeof recorded) =>
      (await run.results(4)).results
        .map(({ unique_id, status, message, execution_time, failures }) => ({
          unique_id,
          status,
          message,
          execution_time,
          failures,
        }))
        .sort((a, b) => (a.unique_id < b.unique_id ? -1 : 1))
    expect(await sorted(replayed)).toEqual(await sorted(recorded))
    expect(replayed.outcome).toEqual(recorded.outcome)
  })

  it('refuses files that are not artifacts of dbt', async () => {
    const { manifest, results } = await record()
    await expect(scenarioFromArtifacts(results, results)).rejects.toThrow('not a manifest.json of dbt: nodes')
    await expect(scenarioFromArtifacts(manifest, manifest)).rejects.toThrow('not a run_results.json of dbt')
  })
})

describe('resolving a scenario', () => {
  it('puts the contents of files in their place, without the large parts of a manifest', async () => {
    const { manifest } = await record()
    const content = { ...(await readJson(manifest)), macros: { 'macro.dbt.run': { macro_sql: 'x' } } }
    await writeFile(manifest, JSON.stringify(content))
    const documents: Record<string, unknown> = { 'slow.yml': { time_scale: 10, manifest: 'target/manifest.json' } }
    const scenario = await resolveScenario('slow.yml', async (name) => documents[name] ?? readJson(manifest))
    expect(scenario).toMatchObject({
      time_scale: 10,
      manifest: { nodes: { 'model.corner_shop.orders': {} }, macros: {} },
    })
    const { outcome } = await runs.play({ scenario: { ...scenario, time_scale: 0 } })
    expect(outcome).toEqual({ outcome: 'success' })
  })

  it('lets the rules of the document change a replayed run', async () => {
    const { manifest, results } = await record()
    const replay = { manifest: 'manifest.json', run_results: 'run_results.json' }
    const scenario = await resolveScenario(
      {
        time_scale: 0,
        replay,
        nodes: [
          { select: 'customers', outcome: 'success' },
          { select: '*not_null*', outcome: 'success' },
        ],
      },
      (name) => readJson(name === 'manifest.json' ? manifest : results),
    )
    expect((await runs.play({ scenario })).outcome).toEqual({ outcome: 'success' })
  })
})
