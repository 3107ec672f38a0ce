import { openSecrets } from '../../../src/definitions/connections/secrets.ts'
import { placeInConnection } from '../../../src/secrets/secret-place.ts'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createEnvironment, v2, v3 } from '../../support/objects.ts'

const path = `${v3}/connections/`

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

/** Terraform's provider creates connections like this. */
const global = {
  account_id: 1,
  name: 'Warehouse',
  adapter_version: 'snowflake_v0',
  config: { account: 'xy1', database: 'SHOP', warehouse: 'WH', oauth_client_secret: 'hush-1', role: 'LOADER' },
}

async function create(changes = {}): Promise<{ id: number; config: object }> {
  const { body } = await api
    .post(path)
    .send({ ...global, ...changes })
    .expect(201)
  return body.data
}

async function sealedSecrets(id: number) {
  const row = await api.ctx.db
    .selectFrom('connections')
    .select(['id', 'project_id', 'secrets'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  return openSecrets(row.secrets, api.ctx.secretBox, placeInConnection(row))
}

test('a connection of the account is created, read, listed, changed and deleted', async () => {
  const made = await create()
  expect(made).toMatchObject({
    account_id: 1,
    project_id: null,
    name: 'Warehouse',
    adapter_version: 'snowflake_v0',
    config: { account: 'xy1', database: 'SHOP', warehouse: 'WH', role: 'LOADER' },
    environment__count: 0,
  })
  const read = await api.get(`${path}${made.id}/`).expect(200)
  expect(read.body.data).toEqual(made)
  const listed = await api.get(`${path}?adapter_version=snowflake_v0&pk=${made.id}`).expect(200)
  expect(listed.body.data).toEqual([made])
  const flat = await api.get(`${v2}/connections/${made.id}/`).expect(200)
  expect(flat.body.data).toMatchObject({ id: made.id, dbt_project_id: null, account: 'xy1' })

  const same = await api.patch(`${path}${made.id}/`).send(made).expect(200)
  expect(same.body.data).toEqual(made)
  const changed = await api
    .patch(`${path}${made.id}/`)
    .send({ account_id: 1, config: { warehouse: 'BIG', role: null } })
    .expect(200)
  expect(changed.body.data.config).toEqual({ account: 'xy1', database: 'SHOP', warehouse: 'BIG' })

  const deleted = await api.delete(`${path}${made.id}/`).expect(200)
  expect(deleted.body.data).toMatchObject({ id: made.id, state: 2 })
  await api.get(`${path}${made.id}/`).expect(404)
})

test('its secrets are kept and never shown', async () => {
  const { id } = await create()
  const answers = [
    await api.get(`${path}${id}/`).expect(200),
    await api.get(path).expect(200),
    await api.get(`${v2}/connections/`).expect(200),
    await api.patch(`${path}${id}/`).send({ name: 'Renamed' }).expect(200),
  ]
  for (const { text } of answers) expect(text).not.toContain('hush')
  expect(await sealedSecrets(id)).toEqual({ oauth_client_secret: 'hush-1' })
  await api
    .patch(`${path}${id}/`)
    .send({ config: { oauth_client_secret: 'hush-2' } })
    .expect(200)
  expect(await sealedSecrets(id)).toEqual({ oauth_client_secret: 'hush-2' })
})

test('environments of several projects connect with it, and changes reach them', async () => {
  const { id } = await create({
    adapter_version: 'postgres_v0',
    config: { hostname: 'db', port: 5432, dbname: 'shop' },
  })
  const users = [await createEnvironment(api), await createEnvironment(api)]
  for (const { projectId, environmentId } of users) {
    const environment = await api
      .post(`${v3}/projects/${projectId}/environments/${environmentId}/`)
      .send({ connection_id: id })
      .expect(200)
    expect(environment.body.data).toMatchObject({ connection_id: id, project: { connection: { name: 'Warehouse' } } })
  }
  const changed = await api
    .patch(`${path}${id}/`)
    .send({ config: { hostname: 'new' } })
    .expect(200)
  expect(changed.body.data).toMatchObject({
    environment__count: 2,
    config: { hostname: 'new', host: 'new', port: 5432, dbname: 'shop' },
  })
  for (const { environmentId } of users) {
    const { connection } = await api.ctx.db
      .selectFrom('environments')
      .select('connection')
      .where('id', '=', environmentId)
      .executeTakeFirstOrThrow()
    expect(connection?.details).toEqual({ host: 'new', port: 5432, dbname: 'shop' })
  }
  const { body } = await api.delete(`${path}${id}/`).expect(400)
  expect(body.data.connection_id).toMatch(/"Production"/)
})

test('connections of projects and of environments are among them', async () => {
  const { projectId } = await createEnvironment(api)
  const project = await api
    .post(`${v3}/projects/${projectId}/connections/`)
    .send({ name: 'Of a project', type: 'spark', details: { host: 'spark' } })
    .expect(201)
  const { id } = project.body.data
  const { body } = await api.get(`${path}?project_id=${projectId}&order_by=-id`).expect(200)
  expect(body.data).toHaveLength(2)
  expect(body.data).toContainEqual(
    expect.objectContaining({ id, project_id: projectId, adapter_version: 'apache_spark_v0', environment__count: 0 }),
  )
  expect(body.data).toContainEqual(expect.objectContaining({ environment__count: 1 }))
  const listed = await api.get(`${v3}/projects/${projectId}/connections/?pk=${id}`).expect(200)
  expect(listed.body.data).toMatchObject([{ id, type: 'spark' }])
})

test('what is missing or wrong is named', async () => {
  const empty = await api.post(path).send({}).expect(400)
  expect(Object.keys(empty.body.data).sort()).toEqual(['adapter_version', 'name'])
  const adapter = await api.post(path).send({ name: 'X', adapter_version: 'Not an adapter' }).expect(400)
  expect(adapter.body.data.adapter_version).toMatch(/such as postgres_v0/)
  const config = await api
    .post(path)
    .send({ ...global, config: { host: { name: 'a' } } })
    .expect(400)
  expect(Object.keys(config.body.data)).toEqual(['config'])
  const { id } = await create()
  const other = await api.patch(`${path}${id}/`).send({ account_id: 2 }).expect(400)
  expect(Object.keys(other.body.data)).toEqual(['account_id'])
})

test('a token of one project sees and uses it, and does not change it', async () => {
  const { id } = await create()
  const { projectId, environmentId } = await createEnvironment(api)
  const admin = api.as(await api.createToken([{ permission_set: 'admin', project_ids: [projectId] }]))
  await admin.get(`${path}${id}/`).expect(200)
  const listed = await admin.get(`${path}?pk=${id}`).expect(200)
  expect(listed.body.data).toHaveLength(1)
  const environment = `${v3}/projects/${projectId}/environments/${environmentId}/`
  await admin.post(environment).send({ connection_id: id }).expect(200)
  await admin.patch(`${path}${id}/`).send({ name: 'Mine' }).expect(403)
  await admin.delete(`${path}${id}/`).expect(403)
  await admin.post(path).send(global).expect(403)

  const other = await createEnvironment(api)
  const theirs = await api.get(`${path}?project_id=${other.projectId}`).expect(200)
  await admin.get(`${path}${theirs.body.data[0].id}/`).expect(404)
  const viewer = api.as(await api.createToken([{ permission_set: 'account_viewer', project_ids: null }]))
  await viewer.patch(`${path}${id}/`).send({ name: 'Mine' }).expect(403)
})

test('another account has no part in it', async () => {
  const { id } = await create()
  await api.ctx.db.insertInto('accounts').values({ id: 2, name: 'Theirs' }).execute()
  const theirs = api.as(await api.createToken([{ permission_set: 'account_admin', project_ids: null }], 2))
  await theirs.get(`/api/v3/accounts/2/connections/${id}/`).expect(404)
  const made = await theirs.post('/api/v3/accounts/2/projects/').send({ name: 'Theirs' }).expect(201)
  const project = `/api/v3/accounts/2/projects/${made.body.data.id}`
  await theirs
    .post(`${project}/environments/`)
    .send({ name: 'Production', type: 'deployment', connection_id: id })
    .expect(400)
})

test('a connection to BigQuery keeps its list of scopes, and a list is no secret', async () => {
  const scopes = ['https://www.googleapis.com/auth/bigquery', 'https://www.googleapis.com/auth/drive']
  const config = { gcp_project_id: 'acme', client_email: 'x@acme.example.com', timeout_seconds: 300, scopes }
  const made = await create({ adapter_version: 'bigquery_v0', config: { ...config, private_key: 'hush-4' } })
  expect(made.config).toEqual(config)
  expect(await sealedSecrets(made.id)).toEqual({ private_key: 'hush-4' })
  const same = await api.patch(`${path}${made.id}/`).send(made).expect(200)
  expect(same.body.data).toEqual(made)
  const { body } = await api
    .post(path)
    .send({ ...global, config: { account: 'x', password: ['hush-5'] } })
    .expect(400)
  expect(body.data).toEqual({ 'config.password': 'Expected text: it is a secret. Got a value that is not shown.' })
  expect(JSON.stringify(body)).not.toContain('hush-5')
})
