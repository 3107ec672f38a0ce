import { cp, readFile } from 'node:fs/promises'
import path from 'node:path'
import { createHarness, type Harness, planFor, useWarmDbt } from './support/engine-harness.ts'

// dbt takes seconds to start, and many more on a machine that is busy with other tests.
const timeoutMs = 180_000

const sources = `
sources:
  - name: raw
    schema: main
    config: {loaded_at_field: loaded_at, freshness: {warn_after: {count: 1, period: day}}}
    tables: [{name: events}, {name: visits}]
`

describe('the target folder of a run', () => {
  let harness: Harness
  const dbt = useWarmDbt()
  beforeAll(async () => {
    harness = await createHarness()
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  async function execute(project: string, commands: readonly string[]) {
    const { sink, outcome } = await harness.run(planFor(project, dbt.program, { commands }))
    return { sink, outcome }
  }

  async function resultsOf(file: string): Promise<string[]> {
    const { results } = JSON.parse(await readFile(file, 'utf8'))
    return results.map((result: { unique_id: string }) => result.unique_id).sort()
  }

  test(
    'holds what the steps before left: what is fresher than before is built, and each step has its own artifacts',
    async () => {
      const project = await harness.project({
        'models/sources.yml': sources,
        'models/events.sql': "select * from {{ source('raw', 'events') }}",
        'models/visits.sql': "select * from {{ source('raw', 'visits') }}",
        'macros/load.sql': `
          {% macro load(table) %}
            {% do run_query("create or replace table " ~ table ~ " as select current_timestamp::timestamp as loaded_at") %}
          {% endmacro %}`,
      })
      const load = (table: string) => `dbt run-operation load --args '{table: ${table}}'`
      const before = await execute(project, [load('events'), load('visits'), 'dbt source freshness'])
      expect(before.outcome).toEqual({ outcome: 'success' })
      for (const name of ['sources.json', 'manifest.json'])
        await cp(before.sink.fileOf(6, name), path.join(project, 'prev', name))

      const { sink, outcome } = await execute(project, [
        load('visits'),
        'dbt source freshness',
        'dbt build --select source_status:fresher+ --state prev',
      ])
      expect([sink.step(6).end, outcome]).toEqual([{ status: 'success' }, { outcome: 'success' }])
      expect(await resultsOf(sink.fileOf(6, 'run_results.json'))).toEqual(['model.tiny.visits'])
      expect(sink.step(5).artifacts).toContain('sources.json')
      expect(sink.step(5).artifacts).not.toContain('run_results.json')
      expect(sink.step(6).artifacts).not.toContain('sources.json')
    },
    timeoutMs,
  )
})
