import { createHarness, type Harness, planFor, useWarmDbt } from '../support/engine-harness.ts'

// dbt takes seconds to start, and many more on a machine that is busy with other tests.
const timeoutMs = 180_000

describe('the sentence of a failed run names what failed and why', () => {
  let harness: Harness
  const dbt = useWarmDbt()
  beforeAll(async () => {
    harness = await createHarness()
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  async function fail(files: Record<string, string>, command: string): Promise<{ message: string; console: string }> {
    const plan = planFor(await harness.project(files), dbt.program, { commands: [command] })
    const { sink, outcome } = await harness.run(plan)
    if (outcome.outcome !== 'error') throw new Error(`${command} ended in ${outcome.outcome}.`)
    return { message: outcome.message.replace(`\`${command}\` failed: `, ''), console: sink.step(4).console }
  }

  test(
    'of a model, a seed, a unit test and how many more; compiled files are named as artifacts are',
    async () => {
      const { message, console } = await fail(
        {
          'models/broken.sql': 'select nope from (select 1 as id)',
          'models/other.sql': 'select nope from (select 1 as id)',
          'seeds/seed.csv': 'id\n1\n',
          'seeds/schema.yml': 'seeds: [{ name: seed, config: { column_types: { id: nosuchtype } } }]',
          'models/schema.yml': `models:
  - { name: one, columns: [{ name: id, data_tests: [{ accepted_values: { arguments: { values: [5] } } }] }] }
unit_tests:
  - { name: adds, model: one, given: [], expect: { rows: [{ id: 2 }] } }
`,
        },
        'dbt build',
      )
      expect(message).toMatch(/(?:.* in .* \(.*\): .*; ){2}.* in .* \(.*\): .* … and 1 more$/)
      expect(message).toContain('Runtime Error in model broken (models/broken.sql): Binder Error: ')
      expect(message).toContain('Failure in unit test adds (models/schema.yml): actual differs from expected: ')
      expect(console).toContain('compiled code at target/compiled/tiny/models/broken.sql')
    },
    timeoutMs,
  )

  test(
    'of an operation, whose results do not say it',
    async () => {
      const macro =
        '{% macro grants() %}{{ exceptions.raise_compiler_error("the grant table is missing") }}{% endmacro %}'
      const { message, console } = await fail({ 'macros/grants.sql': macro }, 'dbt run-operation grants')
      expect(message).toBe('Compilation Error in macro grants (macros/grants.sql): the grant table is missing')
      expect(console).toContain('the grant table is missing')
    },
    timeoutMs,
  )

  test(
    'of a hook',
    async () => {
      const project = 'name: tiny\nversion: "1.0"\nprofile: tiny\non-run-start: "select * from nowhere"\n'
      const { message } = await fail({ 'dbt_project.yml': project }, 'dbt run')
      expect(message).toMatch(
        /^Error in hook tiny\.on-run-start\.0 \(dbt_project\.yml\): Catalog Error: Table with name nowhere/,
      )
    },
    timeoutMs,
  )

  test(
    'of a source whose query fails, which is in no results',
    async () => {
      const sources = `sources:
  - name: events
    schema: main
    tables:
      - { name: clicks, loaded_at_field: loaded_at, config: { freshness: { error_after: { count: 1, period: hour } } } }
`
      const { message } = await fail({ 'models/sources.yml': sources }, 'dbt source freshness')
      expect(message).toMatch(
        /^Runtime Error in source clicks \(models\/sources\.yml\): Catalog Error: Table with name clicks/,
      )
    },
    timeoutMs,
  )

  test(
    'of options that dbt refuses, without the ends of colours',
    async () => {
      const { message, console } = await fail({}, `dbt run-operation grants --args '{name: {{x}'`)
      expect(message).toContain("Invalid value for '--args'")
      expect(console).not.toContain('\u001b')
    },
    timeoutMs,
  )
})
