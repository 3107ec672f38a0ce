import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createShared, postgres, user } from '../../support/database/shared-connection.ts'
import { v3 } from '../../support/objects.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

test('a detail that names a secret variable is refused, since nothing in a connection is rendered', async () => {
  const { project, connection_id, credentials_id } = await createShared(api)
  const text = '$$$DBT_SECRET_START$$$DBT_ENV_SECRET_TOKEN$$$DBT_SECRET_END$$$'
  const changes = [
    await api
      .post(`${project}/connections/${connection_id}/`)
      .send({ details: { schema: text } })
      .expect(400),
    await api
      .post(`${project}/connections/${connection_id}/`)
      .send({ details: { list: [text] } })
      .expect(400),
    await api.patch(`${project}/credentials/${credentials_id}/`).send({ default_schema: text }).expect(400),
  ]
  for (const { body } of changes) expect(JSON.stringify(body.data)).toMatch(/DBT_ENV_SECRET|Expected/)
})

test('details that name files of the worker are refused wherever they are given', async () => {
  const { project, environmentId, connection_id, credentials_id } = await createShared(api)
  const details = { ...postgres.details, sslkey: '/root/key' }
  const own = { stratus: { connection: { type: 'duckdb', module_paths: ['/root'] } } }
  for (const request of [
    api.post(`${project}/connections/`).send({ ...postgres, details }),
    api.post(`${project}/connections/${connection_id}/`).send({ details }),
    api.post(`${project}/credentials/`).send({ ...user, sslkey: '/root/key' }),
    api.patch(`${project}/credentials/${credentials_id}/`).send({ sslkey: '/root/key' }),
    api.post(`${project}/environments/${environmentId}/`).send(own),
  ]) {
    const { body } = await request.expect(400)
    expect(body.status.user_message).toMatch(/until STRATUS_PROJECT_ROOTS names their folder/)
  }
})

test('details that its adapter does not have are refused wherever they are given, with the nearest that it has', async () => {
  const { project, environmentId, connection_id, credentials_id } = await createShared(api)
  const details = { ...postgres.details, sslmod: 'require' }
  for (const request of [
    api.post(`${project}/connections/`).send({ ...postgres, details }),
    api.post(`${project}/connections/${connection_id}/`).send({ details }),
    api.post(`${v3}/connections/`).send({ name: 'W', adapter_version: 'postgres_v0', config: details }),
    api.post(`${project}/credentials/`).send({ ...user, sslmod: 'require' }),
    api.patch(`${project}/credentials/${credentials_id}/`).send({ sslmod: 'require' }),
    api.post(`${project}/environments/${environmentId}/`).send({
      stratus: { connection: { type: 'postgres', host: 'db', sslmod: 'require' } },
    }),
  ]) {
    const { body } = await request.expect(400)
    expect(body.status.user_message).toMatch(/^sslmod: expected a key of .*, such as sslmode\. STRATUS_ALLOWED_DETAILS/)
  }
  const { body } = await api
    .post(`${project}/connections/`)
    .send({ ...postgres, type: 'exasol' })
    .expect(400)
  expect(body.data.type).toMatch(/^type: got "exasol", expected athena, /)
})

test('a list is taken only where the adapter takes one, and is never the text that it would be written as', async () => {
  const { project, environmentId, connection_id } = await createShared(api)
  for (const host of [['db', 'other'], ['db']]) {
    for (const request of [
      api.post(`${project}/connections/`).send({ ...postgres, details: { ...postgres.details, host } }),
      api.post(`${project}/connections/${connection_id}/`).send({ details: { ...postgres.details, host } }),
      api.post(`${v3}/connections/`).send({ name: 'W', adapter_version: 'postgres_v0', config: { host } }),
      api
        .post(`${project}/environments/${environmentId}/`)
        .send({ stratus: { connection: { type: 'postgres', host } } }),
    ]) {
      const { body } = await request.expect(400)
      expect(body.status.user_message).toContain('host: got a list, expected one value.')
    }
  }
  for (const value of [['a', 'b'], ['a']]) {
    await api
      .post(`${project}/credentials/`)
      .send({ ...user, user: value })
      .expect(400)
    await api
      .post(`${project}/connections/`)
      .send({ ...postgres, details: { ...postgres.details, password: value } })
      .expect(400)
  }
  // The text is a path within the project; of the list that it looks like, a part is none.
  for (const [text, list] of [
    ['lib,/root', ['lib', '/root']],
    ['["/root"]', ['/root']],
    ['/root', ['/root']],
  ] as const) {
    const duckdb = { type: 'duckdb', module_paths: text }
    const before = await api.post(`${project}/environments/${environmentId}/`).send({ stratus: { connection: duckdb } })
    expect(before.status).toBe(text === '/root' ? 400 : 200)
    const { body } = await api
      .post(`${project}/environments/${environmentId}/`)
      .send({ stratus: { connection: { ...duckdb, module_paths: list } } })
      .expect(400)
    expect(body.status.user_message).toMatch(/until STRATUS_PROJECT_ROOTS names their folder/)
  }
})
