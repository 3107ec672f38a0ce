import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'yaml'
import { SimulatedRuns } from '../../../test/engines/simulated/simulated-harness.ts'
import { resolveScenario } from '../../domain/scenarios/resolve-scenario.ts'

const folder = path.resolve(import.meta.dirname, '../../../examples/scenarios')
const read = async (name: string): Promise<unknown> => parse(await readFile(path.join(folder, name), 'utf8'))

const outcomes = new Map([
  ['all-well.yml', 'success'],
  ['flaky.yml', 'error'],
  ['large.yml', 'success'],
  ['model-fails.yml', 'error'],
  ['own-graph.yml', 'success'],
  ['slow.yml', 'success'],
  ['stale-sources.yml', 'success'],
  ['test-fails.yml', 'error'],
  ['warehouse-down.yml', 'error'],
])

let runs: SimulatedRuns
beforeAll(async () => {
  runs = await SimulatedRuns.create()
})
afterAll(() => runs[Symbol.asyncDispose]())

describe('the example scenarios', () => {
  it('are all played here', async () => {
    const files = (await readdir(folder)).filter((name) => name !== 'stratus.yml')
    expect(files.sort()).toEqual([...outcomes.keys()])
  })

  it.each([...outcomes])('%s ends in %s, and leaves no rule without effect', async (name, expected) => {
    const scenario = await resolveScenario(name, read)
    const { outcome, sink } = await runs.play({ scenario, freshness: true })
    expect(outcome.outcome).toBe(expected)
    expect(sink.everything).not.toMatch(/which (matches no node|cannot be simulated)/)
  })

  it('are what the jobs beside them name', async () => {
    const jobs = JSON.stringify(await read('stratus.yml'))
    for (const name of outcomes.keys()) expect(jobs).toContain(`"simulation":"${name}"`)
  })
})
