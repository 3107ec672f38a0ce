import { createTestApi, type TestApi } from '../support/api-server.ts'
import { createEnvironment, v2, v3 } from '../support/objects.ts'
import { createGitJob } from '../support/rows.ts'

/*
 * A setting that ends in a profile, an option or a variable of dbt is a name: nothing in it is code, an option or a line of its own.
 */

const odd = ["{{ env_var('TOKEN') }}", '{% raw %}', 'a\nb', 'a\u001b[2J', '-x', 'a b', 'x'.repeat(256)]
const nameExpected = /xpected a name of at most 255 letters/

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

test('of jobs, environments and credentials', async () => {
  const jobId = await createGitJob(api.ctx.db)
  const job = await api.ctx.db.selectFrom('jobs').selectAll().where('id', '=', jobId).executeTakeFirstOrThrow()
  const environment = `${v3}/projects/${job.project_id}/environments/${job.environment_id}/`
  const credentials = `${v3}/projects/${job.project_id}/credentials/`
  const ways: [string, (text: string) => ReturnType<TestApi['post']>][] = [
    ['dbt_version', (dbt_version) => api.post(`${v2}/jobs/${jobId}/`).send({ dbt_version })],
    ['settings.target_name', (target_name) => api.post(`${v2}/jobs/${jobId}/`).send({ settings: { target_name } })],
    ['dbt_version', (dbt_version) => api.post(environment).send({ dbt_version })],
    ['stratus.profile.name', (name) => api.post(environment).send({ stratus: { profile: { name } } })],
    ['stratus.profile.target', (target) => api.post(environment).send({ stratus: { profile: { target } } })],
    ['target_name', (target_name) => api.post(credentials).send({ type: 'postgres', target_name })],
    ['schema', (schema) => api.post(credentials).send({ type: 'postgres', schema })],
    ['default_schema', (default_schema) => api.post(credentials).send({ type: 'postgres', default_schema })],
  ]
  for (const [field, send] of ways) {
    for (const text of odd) {
      const { status, body } = await send(text)
      expect([field, text, status, Object.keys(body.data ?? {})]).toEqual([field, text, 400, [field]])
      expect(body.data[field]).toMatch(nameExpected)
    }
    expect((await send('prod_1.2-x$')).status).toBeLessThan(300)
  }
})

test.each(['--upload-pack=x', 'main~3', 'a\nb', 'a\u001b[2J', '../x', 'a b'])(
  'branches are those of git: %j',
  async (name) => {
    const jobId = await createGitJob(api.ctx.db)
    const { environmentId, projectId } = await createEnvironment(api)
    const environment = `${v3}/projects/${projectId}/environments/${environmentId}/`
    for (const [field, request] of [
      ['git_branch', api.post(`${v2}/jobs/${jobId}/run/`).send({ git_branch: name })],
      ['custom_branch', api.post(environment).send({ custom_branch: name })],
    ] as const) {
      const { body } = await request.expect(400)
      expect(body.data[field]).toMatch(/^Expected the name of a branch\./)
    }
  },
)

test('a cause puts no secret into what a profile makes of it', async () => {
  const jobId = await createGitJob(api.ctx.db)
  const cause = '$$$DBT_SECRET_START$$$DBT_ENV_SECRET_TOKEN$$$DBT_SECRET_END$$$'
  const { body } = await api.post(`${v2}/jobs/${jobId}/run/`).send({ cause }).expect(400)
  expect(body.data.cause).toMatch(/^Expected text that names no DBT_ENV_SECRET variable\./)
})

test('details of a connection are in one line, and its threads have a bound', async () => {
  const { projectId } = await createEnvironment(api)
  const send = (details: object) =>
    api
      .post(`${v3}/projects/${projectId}/connections/`)
      .send({ name: 'W', type: 'postgres', details: { hostname: 'db', ...details } })
  for (const threads of [999_999, 0, -1, 1.5, '1_000', '{{ 9 }}']) {
    const { body } = await send({ threads }).expect(400)
    expect(body.data.threads).toBe('threads: expected a whole number from 1 to 1024.')
  }
  for (const text of ['a\nb', 'a\u001b[2J', 'a\u2028b']) {
    const { body } = await send({ user: text }).expect(400)
    expect(body.data.user).toBe('user: expected text in one line.')
  }
  await send({ threads: 1_024, user: 'an odd one', password: 'of\nlines' }).expect(201)
})

test.each(['sqlserver', 'fabric', 'synapse'])('no detail of %s is two of its connection string', async (type) => {
  const { projectId } = await createEnvironment(api)
  const send = (details: object) =>
    api
      .post(`${v3}/projects/${projectId}/connections/`)
      .send({ name: 'W', type, details: { server: 'db', ...details } })
  for (const text of ['yes;TrustServerCertificate=yes', 'a};Server={evil']) {
    const { body } = await send({ user: text }).expect(400)
    expect(body.data.user).toBe('user: expected text without ; { and }.')
  }
  await send({ user: 'dom\\ana', password: 'of;these{}' }).expect(201)
})

test('credentials are held to that when they meet such a connection, and while they go with it', async () => {
  const { projectId, environmentId } = await createEnvironment(api)
  const project = `${v3}/projects/${projectId}`
  const created = async (what: string, body: object) =>
    (await api.post(`${project}/${what}/`).send(body).expect(201)).body.data.id
  const sqlserver = { name: 'W', type: 'sqlserver', details: { server: 'db' } }
  const connection_id = await created('connections', sqlserver)
  const evil = await created('credentials', { type: 'adapter', username: 'x;Server=evil', password: 'hush' })
  const good = await created('credentials', { type: 'adapter', username: 'x', password: 'hush' })
  const choose = (credentials_id: number) =>
    api.post(`${project}/environments/${environmentId}/`).send({ connection_id, credentials_id })
  const sentence = 'user: expected text without ; { and }, because the connection is of sqlserver.'
  expect((await choose(evil).expect(400)).body.status.user_message).toContain(sentence)
  await choose(good).expect(200)
  const changed = await api.patch(`${project}/credentials/${good}/`).send({ username: 'x;Server=evil' }).expect(400)
  expect(changed.body.status.user_message).toContain(sentence)
})

test('of a document', async () => {
  const document = (text: string) => ({
    projects: [
      {
        name: 'Odd',
        git: { url: 'https://git.example/a.git', branch: text },
        subdirectory: text,
        environments: [
          {
            name: 'P',
            dbt_version: text,
            custom_branch: text,
            profile: { name: text, target: text },
            connection: { type: 'postgres', host: 'db', schema: text, threads: text },
            jobs: [{ name: 'J', dbt_version: text, settings: { target_name: text } }],
          },
        ],
      },
    ],
  })
  const { body } = await api
    .post('/api/stratus/v1/apply/')
    .send({ document: document('a\nb') })
    .expect(400)
  const at = 'projects[0].environments[0]'
  expect(Object.keys(body.data).map((place) => place.replace(/^document\./, ''))).toEqual(
    expect.arrayContaining([
      'projects[0].git.branch',
      'projects[0].subdirectory',
      ...['dbt_version', 'custom_branch', 'profile.name', 'profile.target'].map((key) => `${at}.${key}`),
      ...['dbt_version', 'settings.target_name'].map((key) => `${at}.jobs[0].${key}`),
    ]),
  )
  const connection = { type: 'postgres', host: 'db', schema: '{{ x }}', threads: 5_000 }
  const given = { projects: [{ name: 'Odd', path: null, environments: [{ name: 'P', connection }] }] }
  const refused = await api.post('/api/stratus/v1/apply/').send({ document: given }).expect(400)
  expect(Object.keys(refused.body.data).map((place) => place.replace(/^document\./, ''))).toEqual([
    `${at}.connection.schema`,
    `${at}.connection.threads`,
  ])
})
