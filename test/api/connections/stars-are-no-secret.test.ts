import { openSecrets } from '../../../src/definitions/connections/secrets.ts'
import { placeInEnvironment, placeInVariable } from '../../../src/secrets/secret-place.ts'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createEnvironment, v3 } from '../../support/objects.ts'

const stars = '********'
const postgres = { name: 'Warehouse', type: 'postgres', details: { hostname: 'db.example', dbname: 'shop' } }
const leaveOut = (name: string) =>
  `got stars, which stand for a secret that is not shown. Give the secret itself, or leave ${name} out`

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const secretsOf = async (environmentId: number) => {
  const environments = api.ctx.db.selectFrom('environments').selectAll().where('id', '=', environmentId)
  const row = await environments.executeTakeFirstOrThrow()
  return openSecrets(row.connection_secrets, api.ctx.secretBox, placeInEnvironment(row))
}

const variablesOf = async (projectId: number) => {
  const rows = await api.ctx.db
    .selectFrom('environment_variables')
    .selectAll()
    .where('project_id', '=', projectId)
    .execute()
  return rows.map((row) => row.ciphertext && api.ctx.secretBox.decrypt(row.ciphertext, placeInVariable(row)))
}

async function createShared() {
  const { projectId, environmentId } = await createEnvironment(api)
  const project = `${v3}/projects/${projectId}`
  const details = { ...postgres.details, pass: 'hush-0' }
  const connection = await api
    .post(`${project}/connections/`)
    .send({ ...postgres, details })
    .expect(201)
  const credentials = await api
    .post(`${project}/credentials/`)
    .send({ type: 'postgres', password: 'hush-1' })
    .expect(201)
  const ids = { connection_id: connection.body.data.id, credentials_id: credentials.body.data.id }
  await api.post(`${project}/environments/${environmentId}/`).send(ids).expect(200)
  return { projectId, environmentId, project, ...ids }
}

test('a new connection and new credentials are refused them, and so are places without a secret', async () => {
  const { project, connection_id, credentials_id, environmentId } = await createShared()
  const details = { ...postgres.details, password: stars }
  for (const request of [
    api.post(`${project}/connections/`).send({ ...postgres, details }),
    api.post(`${project}/connections/${connection_id}/`).send({ details }),
    api.post(`${v3}/connections/`).send({ name: 'W', adapter_version: 'postgres_v0', config: details }),
    api.patch(`${v3}/connections/${connection_id}/`).send({ config: { password: stars } }),
    api.post(`${project}/credentials/`).send({ type: 'postgres', password: stars }),
    api.patch(`${project}/credentials/${credentials_id}/`).send({ pass: ' ***** ' }),
  ]) {
    const { body } = await request.expect(400)
    const [name = ''] = Object.keys(body.data)
    expect(body.data).toEqual({ [name]: `${name}: ${leaveOut(name)}.` })
    expect(['pass', 'password']).toContain(name)
  }
  const own = { connection: { type: 'postgres', host: 'db' }, credentials: { user: stars } }
  const { body } = await api.post(`${project}/environments/${environmentId}/`).send({ stratus: own }).expect(400)
  expect(body.data).toEqual({ 'stratus.credentials.user': leaveOut('user') })
})

test('where a secret is stored it stays, and goes nowhere else', async () => {
  const { project, connection_id, credentials_id, environmentId } = await createShared()
  const path = `${project}/connections/${connection_id}/`
  const details = { ...postgres.details, pass: stars }
  await api.post(path).send({ name: 'Renamed', details }).expect(200)
  await api.patch(`${project}/credentials/${credentials_id}/`).send({ username: 'dbt', password: stars }).expect(200)
  expect(await secretsOf(environmentId)).toEqual({ password: 'hush-1', pass: 'hush-0' })
  const elsewhere = { ...details, hostname: 'evil.example' }
  const { body } = await api.post(path).send({ details: elsewhere }).expect(400)
  expect(body.status.user_message).toContain('give pass again with the change')
})

test('an address of credentials stays with the password that is not shown; another one with stars is refused', async () => {
  const { projectId } = await createEnvironment(api)
  const project = `${v3}/projects/${projectId}`
  const made = await api.post(`${project}/credentials/`).send({ type: 'postgres' }).expect(201)
  const credentials_id: number = made.body.data.id
  const path = `${project}/credentials/${credentials_id}/`
  const rows = api.ctx.db.updateTable('credentials').where('id', '=', credentials_id)
  await rows.set({ details: JSON.stringify({ host: 'https://ana:hunter2@db.example' }) }).execute()
  const { body } = await api.get(path).expect(200)
  await api
    .post(path)
    .send({ ...body.data, threads: 2 })
    .expect(200)
  const stored = api.ctx.db.selectFrom('credentials').selectAll().where('id', '=', credentials_id)
  expect((await stored.executeTakeFirstOrThrow()).details).toEqual({ host: 'https://ana:hunter2@db.example' })
  const other = { host: 'https://*****@db.example:8443' }
  const refused = await api.patch(path).send(other).expect(400)
  expect(refused.body.data.host).toBe('host: got text with *****, which stands for what is not shown. Give host whole.')
})

test('secret variables keep what is stored, and nothing else', async () => {
  const { projectId } = await createEnvironment(api)
  const path = `${v3}/projects/${projectId}/environment-variables/`
  const name = 'DBT_ENV_SECRET_KEY'
  const one = { type: 'project', raw_value: stars }
  const bulk = (value: string) => api.post(`${path}bulk/`).send({ env_var: { new_name: name, project: value } })
  for (const request of [api.post(path).send({ ...one, name }), bulk(stars)]) {
    const { body } = await request.expect(400)
    expect(body.data).toEqual({ [name]: `${name}: ${leaveOut(name)}.` })
  }
  await bulk('hush').expect(201)
  await bulk(stars).expect(201)
  await api
    .post(path)
    .send({ ...one, name })
    .expect(201)
  expect(await variablesOf(projectId)).toEqual(['hush'])
  // A plain variable may have any text, and is no secret by another name.
  const plain = await api
    .post(path)
    .send({ ...one, name: 'DBT_STARS' })
    .expect(201)
  const own = `${path}${plain.body.data.id}/`
  await api.post(own).send({ name: 'DBT_ENV_SECRET_STARS', raw_value: stars }).expect(400)
})

describe('a document', () => {
  const document = (environment: object, project: object = {}) => ({
    projects: [{ name: 'Stars', path: '/srv/shop', ...project, environments: [{ name: 'P', ...environment }] }],
  })
  const connection = { type: 'postgres', host: 'db', dbname: 'x' }
  let local: TestApi
  beforeAll(async () => {
    local = await createTestApi('postgres', { policy: { projectRoots: ['/srv'], unrestricted: true } })
  })
  afterAll(() => local.close())
  const apply = (given: object) => local.post('/api/stratus/v1/apply/').send({ document: given })

  test('is refused them where nothing is stored, by each of their places', async () => {
    const given = document(
      {
        connection: { ...connection, token: stars, host: 'https://*****@db' },
        credentials: { user: stars },
        environment_variables: { DBT_ENV_SECRET_A: stars },
        jobs: [{ name: 'J', execute_steps: ['dbt build'], environment_variables: { DBT_ENV_SECRET_B: stars } }],
      },
      { environment_variables: { DBT_ENV_SECRET_C: stars } },
    )
    const { body } = await apply(given).expect(400)
    expect(Object.keys(body.data).map((place) => place.replace('document.', ''))).toEqual(
      expect.arrayContaining([
        'projects[0].environments[0].connection.host',
        'projects[0].environments[0].connection.token',
        'projects[0].environments[0].credentials.user',
        'projects[0].environments[0].environment_variables.DBT_ENV_SECRET_A',
        'projects[0].environments[0].jobs[0].environment_variables.DBT_ENV_SECRET_B',
        'projects[0].environment_variables.DBT_ENV_SECRET_C',
      ]),
    )
  })

  test('means what is stored, and an export is found unchanged', async () => {
    const secrets = (secret: string) =>
      document({
        connection,
        credentials: { password: secret },
        environment_variables: { DBT_ENV_SECRET_A: secret },
      })
    await apply(secrets('hush')).expect(200)
    const again = await apply(secrets(stars)).expect(200)
    const actions = again.body.data.entries.map(({ action }: { action: string }) => action)
    expect(new Set(actions)).toEqual(new Set(['unchanged']))
    const moved = document({ connection: { ...connection, host: 'evil' }, credentials: { password: stars } })
    const { body } = await apply(moved).expect(400)
    expect(body.status.user_message).toContain('give password again')
  })

  test('has a repository without the credentials that an older server stored, and keeps them', async () => {
    const url = 'https://ana:hunter2@git.example/a.git'
    await apply(document({}, { name: 'Git', path: null, git: { url: 'https://git.example/a.git' } })).expect(200)
    const projects = local.ctx.db.updateTable('projects').where('name', '=', 'Git')
    const { id } = await projects.set({ git_url: url }).returning('id').executeTakeFirstOrThrow()
    const exported = await local.get('/api/stratus/v1/export/').expect(200)
    const shown = await local.get(`${v3}/projects/${id}/?include_related=["stratus"]`).expect(200)
    expect(exported.text + shown.text).not.toContain('hunter2')
    await apply(exported.body.data.document).expect(200)
    await local.post(`${v3}/projects/${id}/`).send(shown.body.data).expect(200)
    await local.post(`${v3}/projects/${id}/repositories/`).send({ remote_url: 'https://git.example/a.git' }).expect(201)
    const stored = local.ctx.db.selectFrom('projects').select('git_url').where('id', '=', id)
    expect(await stored.executeTakeFirst()).toEqual({ git_url: url })
  })
})
