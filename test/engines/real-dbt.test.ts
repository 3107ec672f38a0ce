import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { copyOfSampleProject, createHarness, type Harness, neverStopped, planFor, realDbt } from './engine-harness.ts'

describe('a run with real dbt', () => {
  let harness: Harness
  let dbt: string
  beforeAll(async () => {
    harness = await createHarness()
    dbt = await realDbt()
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  test('builds the sample project, with live logs, artifacts and nothing left in the folder', async () => {
    const project = await copyOfSampleProject(harness)
    const sink = harness.sink()
    const before = await readdir(project)
    const outcome = await harness.engine.execute(planFor(project, dbt, { threads: 2 }), sink, neverStopped())
    expect([sink.step(4).end, outcome]).toEqual([{ status: 'success' }, { outcome: 'success' }])
    expect(sink.statuses).toEqual(['success', 'success', 'success', 'success'])
    expect(sink.step(4).argv).toBe('dbt build --threads 2')
    expect(sink.step(4).console).toMatch(/^\d\d:\d\d:\d\d {2}Running with dbt=1\./)
    expect(sink.step(4).console).toMatch(/\d\d:\d\d:\d\d {2}Completed successfully\n/)
    expect(sink.step(4).debug).toContain('[debug]')
    expect(sink.step(4).artifacts).toEqual(expect.arrayContaining(['manifest.json', 'run_results.json']))
    expect(sink.step(4).artifacts).not.toContain('partial_parse.msgpack')
    expect(sink.versions).toEqual([expect.stringMatching(/^1\.\d+\.\d+/)])
    expect((await readdir(project)).filter((name) => !before.includes(name))).toEqual(['coffee_roastery.duckdb'])
    const results = JSON.parse(await readFile(sink.fileOf(4, 'run_results.json'), 'utf8'))
    expect(results.metadata.env.DBT_CLOUD_JOB_ID).toBe('3')
    expect(await readdir(path.join(harness.dataDir, 'runs'))).toEqual([])
    expect(await readdir(path.join(harness.dataDir, 'processes'))).toEqual([])
  })
})
