import fc from 'fast-check'
import { detailsOfAdapter } from '../../src/domain/adapter-details.ts'
import { joinWords } from '../../src/domain/dbt-command/split-command.ts'
import { createTestApi, type TestApi } from '../support/api-server.ts'
import { createEnvironment, v2, v3 } from '../support/objects.ts'

// An object that a client reads and sends back whole changes nothing: not itself, not its row, not `updated_at`.

let api: TestApi
let projectId: number
let environmentId: number
beforeAll(async () => {
  api = await createTestApi()
  const ids = await createEnvironment(api)
  projectId = ids.projectId
  environmentId = ids.environmentId
})
afterAll(() => api.close())

const runs = { numRuns: 25 }
const rare = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const line = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme-ascii' }).filter((text) => text.trim() !== '')
const text = fc.oneof(line, fc.constantFrom('', 'été ☕', '"quoted" # not', 'two\nlines', ' padded '))
/** Names that dbt is given as they are. */
const plainName = fc.stringMatching(/^[A-Za-z0-9_$][A-Za-z0-9_$.-]{0,40}$/)
const branch = fc.stringMatching(/^[a-z0-9]{1,8}(\/[a-z0-9_-]{1,8}){0,3}$/)
const id = fc.integer({ min: 1, max: 100 })

const schedule = fc.oneof(
  fc.constantFrom(
    { cron: '0 6 * * *' },
    { cron: '0 6 * * *', timezone: 'Asia/Kolkata' },
    { cron: '*/7 1-3 L * FRI' },
    { cron: '' },
  ),
  fc.record({
    cron: rare(fc.constantFrom('', '5 5 * * *')),
    date: fc.oneof(
      fc.record({ type: fc.constantFrom('every_day') }),
      fc.record({
        type: fc.constant('days_of_week'),
        days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
      }),
      fc.record({
        type: fc.constantFrom('custom_cron', 'interval_cron'),
        cron: fc.constantFrom('1 2 3 4 5', '4 */2 * * 1'),
      }),
    ),
    time: fc.oneof(
      fc.record({ type: fc.constant('every_hour'), interval: rare(fc.integer({ min: 1, max: 23 })) }),
      fc.record({
        type: fc.constant('at_exact_hours'),
        hours: fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1 }),
      }),
    ),
  }),
)

/** A command that can never run is refused; any words may stand where a selection does. */
const command = line.map((words) => joinWords(['dbt', 'run', '--select', words]))

const job = fc.record({
  name: line,
  description: text,
  dbt_version: fc.option(plainName),
  execute_steps: fc.array(command, { maxLength: 4 }),
  settings: rare(
    fc.record({ threads: rare(fc.integer({ min: 1, max: 8 })), target_name: rare(fc.constantFrom('default', 'prod')) }),
  ),
  execution: rare(fc.record({ timeout_seconds: fc.nat(10_000) })),
  triggers: rare(
    fc.record({
      github_webhook: fc.boolean(),
      git_provider_webhook: fc.boolean(),
      on_merge: fc.boolean(),
      schedule: fc.constant(false),
    }),
  ),
  schedule: rare(schedule),
  job_type: rare(fc.constantFrom('ci', 'merge', 'scheduled', 'other', 'adaptive')),
  generate_docs: fc.boolean(),
  run_generate_sources: fc.boolean(),
  run_compare_changes: rare(fc.boolean()),
  compare_changes_flags: rare(line),
  errors_on_lint_failure: rare(fc.boolean()),
  lifecycle_webhooks_url: fc.option(fc.webUrl()),
  cost_optimization_features: rare(fc.uniqueArray(line, { maxLength: 2 })),
  stratus: rare(fc.record({ engine: fc.constantFrom('dbt', 'simulated', null) })),
})

async function row(table: 'jobs' | 'projects' | 'environments' | 'connections' | 'credentials', rowId: number) {
  return await api.ctx.db.selectFrom(table).selectAll().where('id', '=', rowId).executeTakeFirstOrThrow()
}

/** Makes an object, sends back what is read of it, and compares what is shown and what is stored. */
async function sendBack(
  table: Parameters<typeof row>[0],
  path: string,
  fields: object,
  include = '',
): Promise<Record<string, unknown>> {
  const made = await api.post(path).send(fields)
  expect([made.status, made.body.data]).toEqual([201, expect.objectContaining({ id: expect.any(Number) })])
  const url = `${path}${made.body.data.id}/`
  const read = await api.get(`${url}${include}`).expect(200)
  const before = await row(table, made.body.data.id)
  const answered = await api.post(url).send(read.body.data)
  expect([answered.status, answered.body.data]).toEqual([200, expect.anything()])
  const after = await api.get(`${url}${include}`).expect(200)
  expect({ ...after.body.data, next_run_humanized: '' }).toEqual({ ...read.body.data, next_run_humanized: '' })
  expect(await row(table, made.body.data.id)).toEqual(before)
  return read.body.data
}

test('jobs', async () => {
  const path = `${v2}/jobs/`
  await fc.assert(
    fc.asyncProperty(
      job,
      fc.constantFrom('', '?include_related=["environment","stratus"]'),
      async (fields, include) => {
        const owner = { project_id: projectId, environment_id: environmentId }
        const read = await sendBack('jobs', path, { ...owner, ...fields }, include)
        expect(read).toMatchObject({
          name: fields.name,
          description: fields.description,
          execute_steps: fields.execute_steps,
        })
        // Read as one job and sent as another, as dbtc and dbt-cloud-cli copy them.
        const { id: _id, stratus: _stratus, environment: _environment, ...copy } = read
        const made = await api.post(path).send(copy).expect(201)
        const { created_at: _created, updated_at: _updated, ...settings } = copy
        expect(made.body.data).toMatchObject(settings)
      },
    ),
    runs,
  )
})

test('jobs that run on a schedule', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (given) => {
      const fields = { project_id: projectId, environment_id: environmentId, name: 'S', triggers: { schedule: true } }
      const says = 'date' in given || given.cron !== ''
      if (!says) return
      await sendBack('jobs', `${v2}/jobs/`, { ...fields, schedule: given })
    }),
    runs,
  )
})

const project = fc.record({
  name: line,
  description: text,
  dbt_project_subdirectory: fc.option(fc.constantFrom('dbt', 'a/b', 'with space')),
  stratus: rare(
    fc.record({
      git: fc.option(
        fc.record({
          url: fc.constantFrom('https://example.com/a.git', 'git@example.com:t/a.git'),
          branch: fc.option(fc.constantFrom('main', 'a/b')),
        }),
      ),
    }),
  ),
})

test.each([v2, v3])('projects at %s', async (base) => {
  await fc.assert(
    fc.asyncProperty(project, fc.constantFrom('', '?include_related=stratus,environments'), async (fields, include) => {
      const read = await sendBack('projects', `${base}/projects/`, fields, include)
      expect(read).toMatchObject({ name: fields.name, description: fields.description })
    }),
    runs,
  )
})

const detail = fc.oneof(line, fc.integer(), fc.boolean())
// Details that name a file or load code on the worker have rules of their own.
const file = fc.record({ path: fc.constantFrom('x.duckdb', 'a/b.duckdb') }, { requiredKeys: [] })
const words = fc.dictionary(
  fc.constantFrom('host', 'hostname', 'port', 'dbname', 'server', 'account', 'sslmode', 'user'),
  detail,
)
const details = fc.tuple(words, file).map((parts) => ({ ...parts[0], ...parts[1] }))
const lists = fc.record(
  {
    scopes: fc.array(line, { maxLength: 3 }),
    extensions: fc.uniqueArray(fc.constantFrom('httpfs', 'parquet', 'spatial')),
  },
  { requiredKeys: [] },
)
const connection = fc
  .record({
    name: line,
    type: fc.constantFrom('postgres', 'duckdb', 'sqlserver', 'snowflake', 'trino', 'bigquery'),
    details: fc.tuple(details, lists).map(([scalars, arrays]) => ({ ...scalars, ...arrays })),
  })
  // Each adapter has its own keys, and ODBC's reads more than one value where these characters are.
  .map(({ details: any, ...rest }) => {
    const known = detailsOfAdapter(rest.type)
    const may = (value: unknown) => rest.type !== 'sqlserver' || !/[;{}]/.test(String(value))
    const own = Object.entries(any).filter(([name, value]) => known?.has(name) && may(value))
    return { ...rest, details: Object.fromEntries(own) }
  })

const environment = fc.record({
  name: line,
  type: fc.constantFrom('deployment', 'development'),
  deployment_type: fc.constantFrom('production', 'staging', null),
  dbt_version: fc.option(fc.constantFrom('1.10.0', 'latest', 'versionless')),
  use_custom_branch: rare(fc.boolean()),
  custom_branch: fc.option(branch),
  stratus: rare(
    fc.record(
      {
        engine: fc.constantFrom('dbt', 'simulated', null),
        max_parallel_runs: fc.option(id),
        profile: fc.option(fc.record({ target: fc.constantFrom('prod', 'dev') })),
        connection: fc.option(connection.map(({ name, type, details: own }) => ({ ...own, name, type }))),
        credentials: fc.constant(null),
      },
      { requiredKeys: [] },
    ),
  ),
})

test.each([
  () => `${v2}/environments/`,
  () => `${v3}/environments/`,
  () => `${v3}/projects/${projectId}/environments/`,
])('environments, path %#', async (path) => {
  await fc.assert(
    fc.asyncProperty(environment, fc.constantFrom('', '?include_related=stratus'), async (fields, include) => {
      await sendBack('environments', path(), { ...fields, project_id: projectId }, include)
    }),
    runs,
  )
})

test('connections and credentials', async () => {
  const base = `${v3}/projects/${projectId}`
  const credentials = fc.record({
    type: fc.constantFrom('postgres', 'snowflake', 'adapter'),
    threads: rare(fc.integer({ min: 1, max: 8 })),
    target_name: rare(fc.constantFrom('default', 'prod')),
    password: rare(line),
    username: rare(line),
    schema: rare(plainName),
  })
  await fc.assert(
    fc.asyncProperty(connection, credentials, async (ofConnection, ofCredentials) => {
      const read = await sendBack('connections', `${base}/connections/`, ofConnection)
      expect(read.details).toMatchObject(
        Object.fromEntries(Object.entries(ofConnection.details).filter(([name]) => !name.startsWith('host'))),
      )
      await sendBack('credentials', `${base}/credentials/`, ofCredentials)
    }),
    runs,
  )
})

test('environment variables', async () => {
  const path = `${v3}/projects/${projectId}/environment-variables/`
  const name = fc.stringMatching(/^DBT_(ENV_SECRET_)?[A-Z]{1,8}$/)
  await fc.assert(
    fc.asyncProperty(name, text, async (variable, raw_value) => {
      const made = await api.post(path).send({ name: variable, type: 'project', raw_value }).expect(201)
      const rowOf = async () =>
        await api.ctx.db.selectFrom('environment_variables').selectAll().where('id', '=', made.body.data.id).execute()
      const before = await rowOf()
      const same = await api.post(`${path}${made.body.data.id}/`).send(made.body.data).expect(200)
      expect(same.body.data).toEqual(made.body.data)
      expect(await rowOf()).toEqual(before)
    }),
    runs,
  )
})

test('and all of it is exported and applied without a change', async () => {
  const { body } = await api.get('/api/stratus/v1/export/').expect(200)
  const { document } = body.data
  const plan = await api.post('/api/stratus/v1/apply/').send({ document, dry_run: true, prune: true })
  expect([plan.status, plan.body.status.user_message]).toEqual([200, 'Success!'])
  expect(plan.body.data.entries.length).toBeGreaterThan(100)
  expect(plan.body.data.entries.filter(({ action }: { action: string }) => action !== 'unchanged')).toEqual([])
})
