import { describeVersion } from './check-dbt.ts'

const core = `Core:
  - installed: 1.10.15
  - latest:    1.10.15 - Up to date!

Plugins:
  - duckdb:   1.10.0 - Up to date!
  - postgres: 1.9.1  - Up to date!
`

test('dbt Core’s version and adapters are read from what it prints', () => {
  expect(describeVersion('dbt', core)).toEqual({
    level: 'ok',
    subject: 'dbt',
    detail: '1.10.15, duckdb 1.10.0, postgres 1.9.1',
  })
})

test('dbt Core without an adapter cannot run anything', () => {
  expect(describeVersion('dbt', core.slice(0, core.indexOf('  - duckdb')))).toMatchObject({ level: 'fail' })
})

test('a dbt that is one program prints one line', () => {
  expect(describeVersion('dbt', 'dbt-fusion 2.0.0-beta.14')).toMatchObject({ level: 'ok', detail: '2.0.0-beta.14' })
  expect(describeVersion('dbt', 'something else')).toMatchObject({ level: 'warn' })
})
