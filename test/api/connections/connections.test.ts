import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { connectionOfRuns, createShared, postgres, user } from '../../support/database/shared-connection.ts'
import { createEnvironment, v2, v3 } from '../../support/objects.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

test('an environment connects as connection and credentials together say, in dbt’s own words', async () => {
  const { environmentId, connection_id, credentials_id, environment } = await createShared(api)
  expect(environment).toMatchObject({
    connection_id,
    credentials_id,
    credentials: { id: credentials_id, username: 'dbt', default_schema: 'prod' },
    project: {
      connection_id,
      connection: { name: 'Warehouse', details: { host: 'db.example', hostname: 'db.example' } },
    },
  })
  expect(await connectionOfRuns(api, environmentId)).toEqual({
    connection: {
      name: 'Warehouse',
      type: 'postgres',
      details: { host: 'db.example', port: 5439, dbname: 'shop', user: 'dbt', schema: 'prod', threads: 8 },
    },
    secrets: { password: 'hush-1' },
    target_name: 'prod',
  })
})

test('the connection in an environment of v2 has the keys of a postgres, whatever it connects to', async () => {
  const { environmentId } = await createShared(api)
  const shared = await api.get(`${v2}/environments/${environmentId}/`).expect(200)
  expect(shared.body.data.connection).toMatchObject({
    ...{ hostname: 'db.example', port: 5439, dbname: 'shop', tunnel_enabled: false },
  })
  const { environmentId: unconnected } = await createEnvironment(api)
  const unknown = await api.get(`${v2}/environments/${unconnected}/`).expect(200)
  expect(unknown.body.data.connection).toMatchObject({
    ...{ hostname: null, port: null, dbname: null, tunnel_enabled: false },
  })
})

test('changes of connection and credentials reach the environments that use them', async () => {
  const { project, environmentId, connection_id, credentials_id } = await createShared(api)
  await api
    .post(`${project}/connections/${connection_id}/`)
    .send({ details: { ...postgres.details, search_path: 'a,b' } })
    .expect(200)
  await api.patch(`${project}/credentials/${credentials_id}/`).send({ password: 'hush-2', threads: 2 }).expect(200)
  expect(await connectionOfRuns(api, environmentId)).toMatchObject({
    connection: { details: { search_path: 'a,b', user: 'dbt', threads: 2 } },
    secrets: { password: 'hush-2' },
  })
  // Keys that are not given stay, also the secret that nobody can send back.
  const read = await api.get(`${project}/credentials/${credentials_id}/`).expect(200)
  await api
    .post(`${project}/credentials/${credentials_id}/`)
    .send({ ...read.body.data, username: 'ada' })
    .expect(200)
  expect(await connectionOfRuns(api, environmentId)).toMatchObject({
    connection: { details: { user: 'ada' } },
    secrets: { password: 'hush-2' },
  })
  await api.post(`${project}/credentials/${credentials_id}/`).send({ password: null, username: null }).expect(200)
  const after = await connectionOfRuns(api, environmentId)
  expect(after.secrets).toEqual({})
  expect(after.connection?.details).not.toHaveProperty('user')
})

test('what is in use is not deleted; what is not, is', async () => {
  const { project, environmentId, connection_id, credentials_id } = await createShared(api)
  const { body } = await api.delete(`${project}/connections/${connection_id}/`).expect(400)
  expect(body.data.connection_id).toMatch(`"Production" (${environmentId})`)
  await api.delete(`${project}/credentials/${credentials_id}/`).expect(400)
  await api.post(`${project}/environments/${environmentId}/`).send({ credentials_id: null }).expect(200)
  expect(await connectionOfRuns(api, environmentId)).toMatchObject({ secrets: {} })
  const credentials = await api.delete(`${project}/credentials/${credentials_id}/`).expect(200)
  expect(credentials.body.data).toMatchObject({ id: credentials_id, state: 2 })
  await api.post(`${project}/environments/${environmentId}/`).send({ connection_id: null }).expect(200)
  expect(await connectionOfRuns(api, environmentId)).toMatchObject({ connection: null })
  const connection = await api.post(`${project}/connections/${connection_id}/`).send({ state: 2 }).expect(200)
  expect(connection.body.data).toMatchObject({ id: connection_id, state: 2 })
  await api.get(`${project}/connections/${connection_id}/`).expect(404)
  await api.get(`${project}/credentials/${credentials_id}/`).expect(404)
  await api.post(`${project}/environments/${environmentId}/`).send({ connection_id }).expect(400)
})

test('a connection of an environment’s own is one among the others', async () => {
  const { projectId, environmentId } = await createEnvironment(api)
  const project = `${v3}/projects/${projectId}`
  const own = { type: 'postgres', name: 'Own', host: 'db', dbname: 'shop', password: 'hush' }
  const environment = await api
    .post(`${project}/environments/${environmentId}/?include_related=stratus`)
    .send({ stratus: { connection: own, credentials: { user: 'dbt' } } })
    .expect(200)
  const id = environment.body.data.connection_id
  expect(environment.body.data.stratus.connection).toEqual({
    type: 'postgres',
    name: 'Own',
    host: 'db',
    dbname: 'shop',
  })
  const listed = await api.get(`${project}/connections/`).expect(200)
  expect(listed.body.data).toMatchObject([{ id, name: 'Own', details: { host: 'db', hostname: 'db', port: 5432 } }])

  const same = await api.post(`${project}/connections/${id}/`).send(listed.body.data[0]).expect(200)
  expect(same.body.data).toEqual(listed.body.data[0])
  const details = { ...listed.body.data[0].details, hostname: 'new' }
  const refused = await api.post(`${project}/connections/${id}/`).send({ details }).expect(400)
  expect(refused.body.data.host).toMatch(/its stored secrets were not given for that: give password again/)
  Object.assign(details, { password: 'hush' })
  const changed = await api.post(`${project}/connections/${id}`).send({ name: 'Renamed', details }).expect(200)
  expect(changed.body.data).toMatchObject({ id, name: 'Renamed', details: { host: 'new', hostname: 'new' } })
  expect(await connectionOfRuns(api, environmentId)).toMatchObject({
    connection: { name: 'Renamed', details: { host: 'new', dbname: 'shop' } },
    secrets: { password: 'hush', user: 'dbt' },
  })
  // Credentials of dbt Cloud's kind belong to connections of that kind.
  const { body } = await api.post(`${project}/credentials/`).send(user).expect(201)
  await api.post(`${project}/environments/${environmentId}/`).send({ credentials_id: body.data.id }).expect(400)

  await api.delete(`${project}/connections/${id}/`).expect(200)
  expect(await connectionOfRuns(api, environmentId)).toMatchObject({ connection: null, secrets: {} })
  const back = await api.get(`${project}/connections/${id}/`).expect(200)
  expect(back.body.data).toMatchObject({ id, name: 'profiles.yml', type: 'unknown' })
})

test('adapters are called by dbt’s names, whatever form they come in', async () => {
  const { projectId } = await createEnvironment(api)
  const path = `${v3}/projects/${projectId}/connections/`
  const field = (value: unknown) => ({ metadata: { label: 'x', encrypt: false }, value })
  const form = {
    fields: { host: field('dbc.example'), http_path: field('/sql'), catalog: field(null) },
    field_order: [],
  }
  const made = await api
    .post(path)
    .send({ name: 'DBX', type: 'adapter', adapter_version: 'databricks_v0', details: { connection_details: form } })
    .expect(201)
  expect(made.body.data).toMatchObject({
    type: 'databricks',
    adapter_version: 'databricks_v0',
    details: { host: 'dbc.example', http_path: '/sql' },
  })
  const { body } = await api.post(path).send({ name: 'X', type: 'adapter' }).expect(400)
  expect(Object.keys(body.data)).toEqual(['adapter_version'])
  const listed = await api.get(`${v2}/connections/?adapter_version=databricks_v0&project_id=${projectId}`).expect(200)
  expect(listed.body.data).toMatchObject([{ name: 'DBX', http_path: '/sql', dbt_project_id: projectId }])
  const credentials = await api
    .post(`${v3}/projects/${projectId}/credentials/`)
    .send({
      type: 'adapter',
      adapter_version: 'databricks_v0',
      threads: 6,
      credential_details: { fields: { token: field('hush'), schema: field('prod') }, field_order: [] },
    })
    .expect(201)
  expect(credentials.body.data).toMatchObject({
    type: 'adapter',
    adapter_version: 'databricks_v0',
    unencrypted_credential_details: { schema: 'prod', threads: 6, target_name: 'default' },
  })
  expect(credentials.text).not.toContain('hush')
})

test('a document that says otherwise ends the sharing, one that says the same keeps it', async () => {
  const { environmentId, connection_id } = await createShared(api)
  const exported = await api.get('/api/stratus/v1/export/').expect(200)
  const { document } = exported.body.data
  const plan = await api.post('/api/stratus/v1/apply/').send({ document }).expect(200)
  expect(plan.body.data.entries.filter(({ action }: { action: string }) => action !== 'unchanged')).toEqual([])
  const shared = await api.get(`${v3}/environments/${environmentId}/`)
  expect(shared.body.data.connection_id).toBe(connection_id)

  for (const project of document.projects) {
    for (const environment of project.environments ?? []) {
      if (environment.id === environmentId) environment.connection.host = 'elsewhere'
    }
  }
  const refused = await api.post('/api/stratus/v1/apply/').send({ document }).expect(400)
  expect(refused.body.data.host).toMatch(/its stored secrets were not given for that: give password again/)
  for (const project of document.projects) {
    for (const environment of project.environments ?? []) {
      if (environment.id === environmentId) environment.credentials = { password: 'hush-1' }
    }
  }
  await api.post('/api/stratus/v1/apply/').send({ document }).expect(200)
  const own = await api.get(`${v3}/environments/${environmentId}/`)
  expect(own.body.data.connection_id).not.toBe(connection_id)
  expect(own.body.data.credentials_id).toBeNull()
  expect(await connectionOfRuns(api, environmentId)).toMatchObject({
    connection: { details: { host: 'elsewhere', user: 'dbt' } },
    secrets: { password: 'hush-1' },
  })
})

test('what a token may do to connections and credentials', async () => {
  const { project, projectId, connection_id, credentials_id } = await createShared(api)
  const jobAdmin = api.as(await api.createToken([{ permission_set: 'job_admin', project_ids: [projectId] }]))
  await jobAdmin.post(`${project}/connections/${connection_id}/`).send({ name: 'x' }).expect(403)
  await jobAdmin.patch(`${project}/credentials/${credentials_id}/`).send({ username: 'x' }).expect(403)
  const other = await createEnvironment(api)
  const stranger = api.as(await api.createToken([{ permission_set: 'admin', project_ids: [other.projectId] }]))
  await stranger.get(`${project}/connections/${connection_id}/`).expect(404)
  await stranger.get(`${v2}/connections/${connection_id}/`).expect(404)
  // By a project of its own it does not reach them either.
  await stranger.get(`${v3}/projects/${other.projectId}/connections/${connection_id}/`).expect(404)
  await stranger.post(`${v3}/projects/${other.projectId}/credentials/${credentials_id}/`).send({}).expect(404)
  const listed = await stranger.get(`${v2}/connections/`).expect(200)
  expect(listed.body.data.map((each: { dbt_project_id: number }) => each.dbt_project_id)).toEqual([other.projectId])
})
