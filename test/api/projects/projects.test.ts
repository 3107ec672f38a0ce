import { createTestApi, type TestApi } from '../../support/api-server.ts'

let api: TestApi
let gitProject: number
let staging: number
let production: number

beforeAll(async () => {
  api = await createTestApi()
  const { db } = api.ctx
  const insertProject = (values: object) =>
    db
      .insertInto('projects')
      .values({ account_id: 1, name: 'Shop', ...values })
      .returning('id')
      .executeTakeFirstOrThrow()
  const project = await insertProject({ git_url: 'https://user:secret@git.example/data/shop.git', subdirectory: 'dbt' })
  gitProject = project.id
  const environments = await db
    .insertInto('environments')
    .values([
      { account_id: 1, project_id: gitProject, name: 'Staging', deployment_type: 'staging' },
      {
        account_id: 1,
        project_id: gitProject,
        name: 'Production',
        deployment_type: 'production',
        dbt_version: '1.10',
        custom_branch: 'release',
        connection: JSON.stringify({
          name: 'Warehouse',
          type: 'postgres',
          details: { host: 'db.example', dbname: 'shop' },
        }),
        connection_secrets: 'ciphertext that nobody may see',
      },
    ])
    .returning('id')
    .execute()
  ;[staging, production] = environments.map((row) => row.id) as [number, number]
  await insertProject({ name: 'Bare folder', path: '/srv/dbt' })
})
afterAll(() => api.close())

test.each(['v2', 'v3'])('projects of %s come with connection and repository, without asking', async (version) => {
  const { body } = await api.get(`/api/${version}/accounts/1/projects/?name__icontains=shop`).expect(200)
  expect(body.data).toHaveLength(1)
  expect(body.data[0]).toMatchObject({
    id: gitProject,
    connection_id: production,
    dbt_project_subdirectory: 'dbt',
    environments: [],
    connection: {
      id: production,
      name: 'Warehouse',
      type: 'postgres',
      details: { host: 'db.example', hostname: 'db.example', port: 5432, dbname: 'shop' },
    },
    repository: {
      full_name: 'data/shop',
      name: 'shop',
      remote_url: 'https://git.example/data/shop.git',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:/),
    },
  })
  const one = await api.get(`/api/${version}/accounts/1/projects/${gitProject}/`).expect(200)
  expect(one.body.data).toEqual(body.data[0])
})

test('a project without environments has no connection, one without git no repository', async () => {
  const { body } = await api.get('/api/v3/accounts/1/projects/?order_by=-id&limit=1').expect(200)
  expect(body.data[0]).toMatchObject({ name: 'Bare folder', connection: null, repository: null, repository_id: null })
})

test('environments come with a project when asked', async () => {
  const { body } = await api
    .get(`/api/v3/accounts/1/projects/?state=1&include_related=['environments','repository']`)
    .expect(200)
  expect(
    body.data.map(({ environments }: { environments: { name: string }[] }) => environments.map(({ name }) => name)),
  ).toEqual([['Staging', 'Production'], []])
})

test('environments are found by the version that they show, also where they name none', async () => {
  const names = async (query: string) => {
    const { body } = await api.get(`/api/v3/accounts/1/projects/${gitProject}/environments/?${query}`).expect(200)
    return body.data.map((environment: { name: string }) => environment.name)
  }
  expect(await names('dbt_version__in=["latest"]')).toEqual(['Staging'])
  expect(await names('dbt_version=1.10')).toEqual(['Production'])
  expect(await names('dbt_version__in=["latest","1.10"]&order_by=id')).toEqual(['Staging', 'Production'])
})

test('an environment of v2 has T dates and a flat connection, one of v3 its project', async () => {
  const v2 = await api.get(`/api/v2/accounts/1/environments/${production}`).expect(200)
  expect(v2.body.data).toMatchObject({
    id: production,
    deployment_type: 'production',
    type: 'deployment',
    dbt_version: '1.10',
    use_custom_branch: true,
    custom_branch: 'release',
    connection: { type: 'postgres', hostname: 'db.example', dbt_project_id: gitProject },
    repository: { created_at: expect.stringContaining('T') },
    created_at: expect.stringContaining('T'),
    jobs: null,
  })
  const v3 = await api.get(`/api/v3/accounts/1/projects/${gitProject}/environments/${production}/`).expect(200)
  expect(v3.body.data).toMatchObject({
    id: production,
    created_at: expect.stringContaining(' '),
    project: { id: gitProject, connection: { type: 'postgres' } },
  })
  for (const { text } of [v2, v3]) expect(text).not.toMatch(/secret@|ciphertext/)
})

test('an environment whose profile is its project’s own still has a connection', async () => {
  const { body } = await api.get(`/api/v2/accounts/1/environments/${staging}/`).expect(200)
  expect(body.data.connection).toMatchObject({ name: 'profiles.yml', type: 'unknown' })
})

test.each([
  [() => `/api/v2/accounts/1/environments/?project_id=${gitProject}`, ['Staging', 'Production']],
  [() => '/api/v3/accounts/1/environments/?order_by=name', ['Production', 'Staging']],
  [() => `/api/v3/accounts/1/projects/${gitProject}/environments?deployment_type=production`, ['Production']],
  [() => `/api/v3/accounts/1/environments/?deployment_type__in=["staging"]&type=deployment`, ['Staging']],
  [() => `/api/v3/accounts/1/environments/?name=Staging`, ['Staging']],
])('environments are listed, case %#', async (url, names) => {
  const { body } = await api.get(url()).expect(200)
  expect(body.data.map(({ name }: { name: string }) => name)).toEqual(names)
})

test('an environment is not in another project', async () => {
  await api.get(`/api/v3/accounts/1/projects/${gitProject + 1}/environments/${production}/`).expect(404)
  await api.get('/api/v3/accounts/1/projects/999999/environments/').expect(404)
})

test.each(['v2', 'v3'])('the account of %s', async (version) => {
  const list = await api.get(`/api/${version}/accounts/`).expect(200)
  const one = await api.get(`/api/${version}/accounts/1`).expect(200)
  expect(one.body.data).toMatchObject({ id: 1, name: 'Local', run_slots: 4, locked: false, static_subdomain: null })
  expect(list.body.data).toEqual([one.body.data])
  expect(list.body.extra).toMatchObject({ filters: { limit: 100 }, order_by: null, pagination: { total_count: 1 } })
})

test('who am I', async () => {
  const { body } = await api.get('/api/v2/whoami/').expect(200)
  expect(body.data.user.id).toEqual(expect.any(Number))
})
