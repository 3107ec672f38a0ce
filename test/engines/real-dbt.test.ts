import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import {
  copyOfSampleProject,
  createHarness,
  type Harness,
  neverStopped,
  planFor,
  realDbt,
  useWarmDbt,
} from './support/engine-harness.ts'

// dbt takes seconds to start, and many more on a machine that is busy with other tests.
const timeoutMs = 180_000

/** The program itself is started where one start is proof enough. */
const warm = useWarmDbt()

describe('a run with real dbt', () => {
  let harness: Harness
  let dbt: string
  beforeAll(async () => {
    harness = await createHarness()
    dbt = await realDbt()
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  test(
    'builds the sample project, with live logs, artifacts and nothing left in the folder',
    async () => {
      const project = await copyOfSampleProject(harness)
      const before = await readdir(project)
      const { sink, outcome } = await harness.run(planFor(project, dbt, { threads: 2 }))
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
      const { nodes } = sink.step(4)
      expect([...nodes.keys()].sort()).toEqual(
        results.results.map((each: { unique_id: string }) => each.unique_id).sort(),
      )
      expect(nodes.get('model.coffee_roastery.origin_margin')).toMatchObject({
        ...{ status: 'success', thread: expect.stringMatching(/^Thread-/), seconds: expect.any(Number) },
        description: { name: 'origin_margin', path: 'models/marts/origin_margin.sql', owner: 'Roastery Finance' },
      })
      expect(await readdir(path.join(harness.dataDir, 'runs'))).toEqual([])
      expect(await readdir(path.join(harness.dataDir, 'processes'))).toEqual([])
    },
    timeoutMs,
  )
})

test(
  'renders nothing that a connection says',
  async () => {
    await using harness = await createHarness()
    const sink = harness.sink()
    const schema = '{{ 1 + 1 }}'
    const project = await harness.project()
    const plan = planFor(project, warm.program, {
      profile: {
        kind: 'connection',
        connection: { name: 'Warehouse', type: 'duckdb', details: { path: '{{ 1 }}.duckdb', schema } },
        secrets: {},
      },
      target: '{{ target }}',
    })
    expect(await harness.engine.execute(plan, sink, neverStopped())).toEqual({ outcome: 'success' })
    expect(await readdir(project)).toContain('{{ 1 }}.duckdb')
    const manifest = JSON.parse(await readFile(sink.fileOf(4, 'manifest.json'), 'utf8'))
    expect(manifest.nodes['model.tiny.one'].schema).toBe(schema)
  },
  timeoutMs,
)

describe('what real dbt fails with, in one line', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness()
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  async function execute(files: Record<string, string>) {
    const sink = harness.sink()
    const project = await harness.project(files)
    const plan = planFor(project, warm.program)
    return { project, sink, plan, outcome: await harness.engine.execute(plan, sink, neverStopped()) }
  }

  test(
    'a database error, and what a rerun from failure then does',
    async () => {
      const { project, sink, outcome } = await execute({
        'models/two.sql': "select nope from {{ ref('one') }}",
        'models/three.sql': "select * from {{ ref('two') }}",
      })
      expect(outcome).toEqual({
        outcome: 'error',
        message: expect.stringMatching(
          /^`dbt build` failed: Runtime Error in model two \(models\/two\.sql\): Binder Error: .*nope/,
        ),
      })
      expect(sink.step(4).artifacts).toEqual(
        expect.arrayContaining(['run_results.json', 'compiled/tiny/models/two.sql']),
      )

      await writeFile(path.join(project, 'models/two.sql'), "select id from {{ ref('one') }}")
      const again = harness.sink()
      const plan = planFor(project, warm.program)
      const steps = plan.steps.map((step) => ({ ...step, ...(step.kind === 'command' && { resumes: true }) }))
      const retry = { runId: 1, runResultsKey: sink.fileOf(4, 'run_results.json') }
      expect(await harness.engine.execute({ ...plan, steps, retry }, again, neverStopped())).toEqual({
        outcome: 'success',
      })
      expect(again.step(4).argv).toMatch(/^dbt retry --state /)
      const results = JSON.parse(await readFile(again.fileOf(4, 'run_results.json'), 'utf8'))
      expect(results.results.map((result: { unique_id: string }) => result.unique_id).sort()).toEqual([
        'model.tiny.three',
        'model.tiny.two',
      ])
    },
    timeoutMs,
  )

  test(
    'tests that fail, each of them',
    async () => {
      const columns = (values: string) =>
        `columns: [{name: id, data_tests: [{accepted_values: {arguments: {values: [${values}]}}}]}]`
      const { outcome } = await execute({
        'models/two.sql': 'select 1 as id',
        'models/schema.yml': `models:\n  - {name: one, ${columns('2')}}\n  - {name: two, ${columns('3')}}\n`,
      })
      expect(outcome).toEqual({
        outcome: 'error',
        message: expect.stringMatching(
          /^`dbt build` failed: (Failure in test accepted_values_\w+ \(models\/schema\.yml\): Got 1 result, configured to fail if != 0(; )?){2}$/,
        ),
      })
    },
    timeoutMs,
  )

  test(
    'a project that does not compile',
    async () => {
      const { outcome, sink } = await execute({ 'models/two.sql': "select * from {{ ref('gone') }}" })
      expect(outcome).toEqual({
        outcome: 'error',
        message:
          "`dbt build` failed: Compilation Error: Model 'model.tiny.two' (models/two.sql) depends on a node named 'gone' which was not found",
      })
      expect(sink.step(4).debug).toContain('Encountered an error:')
    },
    timeoutMs,
  )

  test(
    'a query that runs when the run is cancelled: it ends by itself, long before the grace is over',
    async () => {
      const sink = harness.sink()
      const abort = new AbortController()
      // A view would be there at once.
      const query = 'select count(*) as n from range(100000000) a, range(100000000) b where (a.range * b.range) % 7 = 3'
      const slow = `{{ config(materialized='table') }} ${query}`
      const plan = planFor(await harness.project({ 'models/slow.sql': slow }), await realDbt(), {
        commands: ['dbt run -s slow'],
      })
      const done = harness.engine.execute(plan, sink, abort.signal)
      await sink.until(() => sink.step(4).debug.includes('select count(*) as n'))
      const stoppedAt = performance.now()
      abort.abort('cancel')
      expect(await done).toEqual({ outcome: 'stopped' })
      expect(performance.now() - stoppedAt).toBeLessThan(4000)
      expect(sink.step(4).end).toEqual({ status: 'cancelled' })
      expect(sink.step(4).artifacts).toContain('manifest.json')
    },
    timeoutMs,
  )

  test(
    'packages are installed once, and a schema override goes into a private copy of the profile',
    async () => {
      const package_ = await harness.project({
        'dbt_project.yml': 'name: shared_macros\nmodel-paths: [none]\n',
        'macros/m.sql': '{% macro m() %}1{% endmacro %}',
      })
      const project = await harness.project({
        'packages.yml': `packages:\n  - local: ${package_}\n`,
        'models/one.sql': 'select {{ shared_macros.m() }} as id',
      })
      const profiles = await readFile(path.join(project, 'profiles.yml'), 'utf8')
      const first = harness.sink()
      const plan = planFor(project, warm.program, { schema: 'pr_7', commands: ['dbt run -s tiny'] })
      expect(await harness.engine.execute(plan, first, neverStopped())).toEqual({ outcome: 'success' })
      expect(first.step(3).console).toContain('Installing')
      const results = JSON.parse(await readFile(first.fileOf(4, 'run_results.json'), 'utf8'))
      expect(results.results[0].relation_name).toBe('"tiny"."pr_7"."one"')
      expect(await readFile(path.join(project, 'profiles.yml'), 'utf8')).toBe(profiles)

      const second = harness.sink()
      const checkOnly = planFor(project, warm.program, { commands: ['dbt ls --output path'] })
      expect(await harness.engine.execute(checkOnly, second, neverStopped())).toEqual({ outcome: 'success' })
      expect(second.step(3).console).toBe(
        'The package files are unchanged and their packages are there: there is nothing to install.\n',
      )
      expect(second.step(4).console).toContain('\nmodels/one.sql\n')
    },
    timeoutMs,
  )
})
