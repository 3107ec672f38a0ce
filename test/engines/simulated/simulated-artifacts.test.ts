import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'
import { copyOfSampleProject, createHarness, type Harness, useWarmDbt } from '../support/engine-harness.ts'
import { readJson, SimulatedRuns } from './simulated-harness.ts'

const run = promisify(execFile)
const dbt = useWarmDbt()
let harness: Harness
let runs: SimulatedRuns
let folder: string
beforeAll(async () => {
  harness = await createHarness()
  runs = await SimulatedRuns.create()
  folder = await mkdtemp(path.join(tmpdir(), 'stratus-artifacts-'))
})
afterAll(async () => {
  await runs[Symbol.asyncDispose]()
  await harness[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

describe('the artifacts of a simulated run', () => {
  it("are read by dbt's own retry, which takes up the same nodes", async () => {
    const project = await copyOfSampleProject(harness)
    const env = { PATH: process.env.PATH, DBT_PROFILES_DIR: project, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' }
    const target = path.join(folder, 'target')
    await run(dbt.program, ['parse', '--target-path', target], { cwd: project, env })
    const manifest = await readJson(path.join(target, 'manifest.json'))
    const nodes = [{ select: 'roast_costs', outcome: 'error' }]
    const played = await runs.play({ scenario: { time_scale: 0, manifest, nodes }, commands: ['dbt build'] })
    const unfinished = (await played.results(4)).results.filter(
      ({ status }) => status === 'error' || status === 'skipped',
    )
    expect(unfinished.length).toBeGreaterThan(10)

    const state = path.dirname(played.sink.fileOf(4, 'run_results.json'))
    const args = ['retry', '--state', state, '--target-path', path.join(folder, 'retried')]
    // Nothing was ever built in this warehouse, so that it fails: what it takes up is the question.
    const failure = await run(dbt.program, args, { cwd: project, env }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 1 })
    const retried = z
      .object({ results: z.array(z.object({ unique_id: z.string() })) })
      .parse(await readJson(path.join(folder, 'retried', 'run_results.json')))
    const idsOf = (results: readonly { unique_id: string }[]) => results.map(({ unique_id: id }) => id).sort()
    expect(idsOf(retried.results)).toEqual(idsOf(unfinished))
  }, 60_000)
})
