import { writeDocument } from '../../../src/definitions/stratus-yml/export/write-document.ts'
import { parseYaml } from '../../../src/definitions/stratus-yml/read/parse-yaml.ts'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import type { DatabaseKind } from '../../support/database/test-database.ts'
import { createApiJob, createEnvironment, v2, v3 } from '../../support/objects.ts'

let api: TestApi
afterEach(() => api.close())

async function exported() {
  const { body } = await api.get('/api/stratus/v1/export/').expect(200)
  return body.data
}

async function changesBy(document: unknown) {
  const { body } = await api.post('/api/stratus/v1/apply/').send({ document, prune: true, dry_run: true }).expect(200)
  return body.data.entries.filter(({ action }: { action: string }) => action !== 'unchanged')
}

/** Everything that stratus.yml can say, and what only API clients can make. */
async function fillAccount(): Promise<void> {
  const everything = {
    id: 30,
    name: 'Everything',
    description: 'A: "quoted" # text\nof two lines',
    dbt_version: '1.10',
    engine: 'simulated',
    execute_steps: ['dbt seed', 'dbt build --select "a b"'],
    settings: { threads: 3, target_name: 'prod' },
    execution: { timeout_seconds: 60 },
    triggers: { schedule: true, on_merge: true },
    schedule: {
      date: { type: 'days_of_week', days: [1, 5] },
      time: { type: 'at_exact_hours', hours: [6] },
      timezone: 'America/New_York',
    },
    job_type: 'ci',
    generate_docs: true,
    run_generate_sources: true,
    run_compare_changes: true,
    compare_changes_flags: '--select x',
    run_lint: true,
    errors_on_lint_failure: false,
    deferring_environment_id: 20,
    lifecycle_webhooks: true,
    lifecycle_webhooks_url: 'https://example.com/hook',
    triggers_on_draft_pr: true,
    job_completion_trigger_condition: { condition: { job_id: 31, statuses: [10, 30] } },
    cost_optimization_features: ['state_aware_orchestration'],
    environment_variables: { DBT_DAYS: '007', DBT_ENV_SECRET_JOB: 'hush' },
  }
  const environment = {
    id: 20,
    name: 'Production',
    deployment_type: 'production',
    dbt_version: '1.10',
    custom_branch: 'release',
    connection: { type: 'postgres', host: 'db', port: 5432, sslmode: 'yes' },
    credentials: { user: 'dbt', password: 'hush' },
    environment_variables: { DBT_ENV_SECRET_A: 'hush', DBT_EMPTY: '' },
    max_parallel_runs: 2,
    run_as: 'shop_dbt',
    jobs: [everything, { id: 31, name: 'Awaited', execute_steps: ['dbt run'] }],
  }
  const profile = { id: 21, name: 'Profile', type: 'development', profile: { name: 'shop', target: 'dev' } }
  const project = {
    id: 10,
    name: 'Shop',
    description: 'Everything',
    git: { url: 'https://example.com/shop.git', branch: 'main' },
    subdirectory: 'dbt',
    environment_variables: { DBT_REGION: 'eu', DBT_ENV_SECRET_P: 'hush' },
    environments: [environment, profile],
  }
  const document = { account: { name: 'Company', run_slots: 9 }, projects: [project] }
  await api.post('/api/stratus/v1/apply/').send({ document }).expect(200)
}

test.each<DatabaseKind>(['postgres', 'pglite'])('applying what was exported changes nothing (%s)', async (kind) => {
  api = await createTestApi(kind)
  await fillAccount()
  const { document, secrets } = await exported()
  expect(document.account).toEqual({ id: 1, name: 'Company', run_slots: 9 })
  expect(document.projects[0].environments[0].jobs[0]).toMatchObject({ id: 30, job_type: 'ci', engine: 'simulated' })
  expect(await changesBy(document)).toEqual([])
  expect(JSON.stringify(document)).not.toContain('hush')
  const environment = ['projects', 0, 'environments', 0]
  expect(secrets).toEqual([
    [...environment, 'credentials', 'password'],
    [...environment, 'credentials', 'user'],
    [...environment, 'jobs', 0, 'environment_variables', 'DBT_ENV_SECRET_JOB'],
    [...environment, 'environment_variables', 'DBT_ENV_SECRET_A'],
    ['projects', 0, 'environment_variables', 'DBT_ENV_SECRET_P'],
  ])
})

test('so does its text, in which secrets are comments that can be uncommented', async () => {
  api = await createTestApi()
  await fillAccount()
  const answer = await exported()
  const text = writeDocument(answer)
  const { data, problems } = parseYaml(text)
  expect(problems).toEqual([])
  expect(data).toEqual(answer.document)
  expect(await changesBy(data)).toEqual([])

  const uncommented = text.replace(
    /^( *)#( *(?:credentials:|\w+: \{ from_env: \w+ \}))$/gm,
    (_all, indent, rest) => `${indent}${rest.slice(1)}`,
  )
  expect(uncommented).not.toMatch(/# *\w+: \{ from_env/)
  const filled = parseYaml(uncommented.replace(/\{ from_env: \w+ \}/g, 'fresh'))
  expect(filled.problems).toEqual([])
  const changes = await changesBy(filled.data)
  expect(
    changes.flatMap((entry: { changes: { key: string }[] }) => entry.changes.map(({ key }) => key)).sort(),
  ).toEqual([
    'credentials.password',
    'credentials.user',
    'environment_variables.DBT_ENV_SECRET_A',
    'environment_variables.DBT_ENV_SECRET_JOB',
    'environment_variables.DBT_ENV_SECRET_P',
  ])
})

test('what only API clients make is exported as well', async () => {
  api = await createTestApi()
  // No code yet, no steps, two jobs of one name, references to what is gone, a shared connection with its credentials.
  const { projectId, environmentId } = await createEnvironment(api)
  const job = { project_id: projectId, environment_id: environmentId, name: 'Twin' }
  const first = await api.post(`${v2}/jobs/`).send(job).expect(201)
  const condition = { job_id: first.body.data.id, project_id: projectId, statuses: [10] }
  const waiting = {
    ...job,
    deferring_job_definition_id: first.body.data.id,
    job_completion_trigger_condition: { condition },
  }
  await api.post(`${v2}/jobs/`).send(waiting).expect(201)
  await api.post(`${v2}/jobs/`).send(job).expect(201)
  await api.delete(`${v2}/jobs/${first.body.data.id}/`).expect(200)
  const project = `${v3}/projects/${projectId}`
  const connection = await api
    .post(`${project}/connections/`)
    .send({ name: 'W', type: 'postgres', details: { hostname: 'db' } })
    .expect(201)
  const credentials = await api
    .post(`${project}/credentials/`)
    .send({ type: 'postgres', username: 'dbt', password: 'hush', target_name: 'prod' })
    .expect(201)
  const ids = { connection_id: connection.body.data.id, credentials_id: credentials.body.data.id }
  await api.post(`${project}/environments/${environmentId}/`).send(ids).expect(200)
  const deleted = await createApiJob(api)
  await api.delete(`${v3}/projects/${deleted.project_id}/`).expect(200)

  const answer = await exported()
  expect(answer.document.projects).toHaveLength(1)
  expect(answer.document.projects[0]).toMatchObject({ path: null, environments: [{ profile: { target: 'prod' } }] })
  expect(await changesBy(answer.document)).toEqual([])
  expect(await changesBy(parseYaml(writeDocument(answer)).data)).toEqual([])
})

test('an export is for administrators of the whole account', async () => {
  api = await createTestApi()
  const { projectId } = await createEnvironment(api)
  for (const grant of [
    { permission_set: 'job_admin', project_ids: null },
    { permission_set: 'account_admin', project_ids: [projectId] },
  ] as const) {
    await api
      .as(await api.createToken([grant]))
      .get('/api/stratus/v1/export/')
      .expect(403)
  }
})
