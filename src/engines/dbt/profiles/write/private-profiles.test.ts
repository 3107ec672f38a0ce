import { parsePyyaml } from '../../../../util/pyyaml/parse-pyyaml.ts'
import { generateProfile, overrideSchema } from './private-profiles.ts'

const profiles = `
shop:
  target: "{{ env_var('TARGET', 'dev') }}"
  outputs:
    dev: &base
      type: postgres
      host: "{{ env_var('HOST') }}"
      port: "{{ env_var('PORT', '5432') | int }}"
      password: "2592e5"
      schema: analytics
      keepalive: yes
    prod:
      <<: *base
      host: prod
    warehouse: {type: bigquery, dataset: analytics}
`

describe('a private copy of profiles.yml', () => {
  function copyWith(target: string, type = 'postgres'): unknown {
    return parsePyyaml(overrideSchema(profiles, { name: 'shop', target, output: { type } }, 'pr_7')).content
  }

  test('has another schema in one target, and everything else as it was, Jinja and anchors too', () => {
    const dev = {
      type: 'postgres',
      host: "{{ env_var('HOST') }}",
      port: "{{ env_var('PORT', '5432') | int }}",
      password: '2592e5',
      keepalive: true,
    }
    const warehouse = { type: 'bigquery', dataset: 'analytics' }
    const target = "{{ env_var('TARGET', 'dev') }}"
    expect(copyWith('prod')).toEqual({
      shop: {
        target,
        outputs: {
          dev: { ...dev, schema: 'analytics' },
          prod: { ...dev, host: 'prod', schema: 'pr_7' },
          warehouse,
        },
      },
    })
    expect(copyWith('dev')).toEqual({
      shop: {
        target,
        outputs: {
          dev: { ...dev, schema: 'pr_7' },
          prod: { ...dev, host: 'prod', schema: 'analytics' },
          warehouse,
        },
      },
    })
  })

  test('calls it a dataset for BigQuery', () => {
    expect(copyWith('warehouse', 'bigquery')).toMatchObject({
      shop: { outputs: { warehouse: { type: 'bigquery', dataset: 'pr_7' } } },
    })
  })
})

test('a generated profile keeps the type of every value, and secrets are in it by reference', () => {
  const details = { host: 'y', user: '2592100000', dbname: '=', schema: '1:30', port: 5432, keepalive: true }
  const { text, variables } = generateProfile({
    name: 'no',
    target: 'on',
    connection: { name: 'Warehouse', type: 'postgres', details },
    secrets: { password: 'hunter2' },
    schema: undefined,
    threads: 4,
  })
  expect(variables).toEqual({ DBT_ENV_SECRET_STRATUS_PASSWORD: 'hunter2' })
  const password = "{{ env_var('DBT_ENV_SECRET_STRATUS_PASSWORD') }}"
  expect(parsePyyaml(text)).toEqual({
    content: { no: { target: 'on', outputs: { on: { type: 'postgres', ...details, password, threads: 4 } } } },
    doubt: undefined,
  })
})

describe('texts that dbt would render', () => {
  const of = (details: Readonly<Record<string, string | string[]>>, target = 'dev', schema?: string) =>
    generateProfile({
      name: 'shop',
      target,
      connection: { name: 'Warehouse', type: 'postgres', details },
      secrets: { password: 'hunter2' },
      schema,
      threads: undefined,
    })

  test('are in a generated profile by reference, those of lists, the target and the schema too', () => {
    const { text, variables } = of({ host: '{{ 1 }}', user: '{% x', list: ['a', '{# x'] }, '{{ t }}', 'x }}\n')
    expect(text).not.toMatch(/\{%|\{#|\{\{ (?!env_var)(?!t \}\}":)/)
    expect(Object.values(variables).sort()).toEqual(['hunter2', 'x }}\n', '{# x', '{% x', '{{ 1 }}', '{{ t }}'])
  })

  test.each([
    () => of({ host: '$$$DBT_SECRET_START$$$DBT_ENV_SECRET_TOKEN$$$DBT_SECRET_END$$$' }),
    () => of({ list: ['DBT_ENV_SECRET_TOKEN'] }),
    () => of({}, "{{ env_var('DBT_ENV_SECRET_TOKEN') }}"),
    () => of({}, 'dev', '$$$DBT_SECRET_START$$$DBT_ENV_SECRET_TOKEN$$$DBT_SECRET_END$$$'),
  ])('are refused where they name a secret variable, whose value dbt would put in after rendering', (make) => {
    expect(make).toThrow(/DBT_ENV_SECRET_TOKEN.*Nothing there is rendered/)
  })
})
