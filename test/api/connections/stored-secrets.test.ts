import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { connectionOfRuns, createShared, postgres, user } from '../../support/database/shared-connection.ts'
import { v2, v3 } from '../../support/objects.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

describe('stored secrets go only where they were given for', () => {
  test('another host of the connection does not get the password of the credentials', async () => {
    const { project, environmentId, connection_id, credentials_id } = await createShared(api)
    const moved = { details: { ...postgres.details, hostname: 'evil.example' } }
    const refused = await api.post(`${project}/connections/${connection_id}/`).send(moved).expect(400)
    expect(refused.body.data.host).toMatch(
      /secrets of the credentials \d+ \(password\) were given for another connection/,
    )
    expect(await connectionOfRuns(api, environmentId)).toMatchObject({
      connection: { details: { host: 'db.example' } },
    })
    // The sentence asks for this.
    await api.patch(`${project}/credentials/${credentials_id}/`).send({ password: null }).expect(200)
    await api.post(`${project}/connections/${connection_id}/`).send(moved).expect(200)
    await api.patch(`${project}/credentials/${credentials_id}/`).send({ password: 'hush-2' }).expect(200)
    expect(await connectionOfRuns(api, environmentId)).toMatchObject({
      connection: { details: { host: 'evil.example' } },
      secrets: { password: 'hush-2' },
    })
  })

  test('nor does another host in the credentials, unless they are given again with it', async () => {
    const { project, environmentId, credentials_id } = await createShared(api)
    const path = `${project}/credentials/${credentials_id}/`
    for (const change of [{ host: 'evil.example' }, { sslmode: 'disable' }])
      await api.patch(path).send(change).expect(400)
    await api.patch(path).send({ host: 'new.example', password: 'hush-1' }).expect(200)
    expect(await connectionOfRuns(api, environmentId)).toMatchObject({
      connection: { details: { host: 'new.example' } },
    })
    await api.patch(path).send({ host: 'evil.example' }).expect(400)
  })

  test('nor another connection that an environment chooses, also when it was without any in between', async () => {
    const { project, environmentId, credentials_id } = await createShared(api)
    const other = { ...postgres, details: { ...postgres.details, hostname: 'evil.example' } }
    const { body } = await api.post(`${project}/connections/`).send(other).expect(201)
    const choice = { connection_id: body.data.id, credentials_id }
    const path = `${project}/environments/${environmentId}/`
    expect((await api.post(path).send(choice).expect(400)).body.data.host).toMatch(/or use new credentials/)
    await api.post(path).send({ connection_id: null, credentials_id: null }).expect(200)
    await api.post(path).send(choice).expect(400)
    await api
      .post(`${project}/environments/`)
      .send({ name: 'New', ...choice })
      .expect(400)
    // Given anew while nobody uses them, they may go there.
    await api.patch(`${project}/credentials/${credentials_id}/`).send({ password: 'hush-1' }).expect(200)
    await api.post(path).send(choice).expect(200)
  })

  test('and a connection’s own go where it leads by itself, whatever credentials say', async () => {
    const { project, environmentId, connection_id, credentials_id } = await createShared(api)
    const path = `${project}/connections/${connection_id}/`
    const secret = { details: { ...postgres.details, pass: 'hush-3' } }
    await api.post(path).send(secret).expect(200)
    const moved = { ...postgres.details, hostname: 'evil.example' }
    const refused = await api.post(path).send({ details: moved }).expect(400)
    expect(refused.body.data.host).toMatch(/give pass again with the change/)
    await api
      .patch(`${project}/credentials/${credentials_id}/`)
      .send({ host: 'evil.example', password: 'mine' })
      .expect(400)
    const { body } = await api
      .post(`${project}/credentials/`)
      .send({ ...user, host: 'evil.example' })
      .expect(201)
    const choice = { credentials_id: body.data.id }
    const chosen = await api.post(`${project}/environments/${environmentId}/`).send(choice).expect(400)
    expect(chosen.body.data.host).toMatch(/say it in the connection instead/)
  })
})

test('an address that was stored with a password is shown without it, and stays when it comes back so', async () => {
  const { project } = await createShared(api)
  const made = await api.post(`${project}/connections/`).send(postgres).expect(201)
  const connection_id: number = made.body.data.id
  const stored = { host: 'https://ana:hunter2@db.example', port: 5432 }
  const connections = api.ctx.db.updateTable('connections').where('id', '=', connection_id)
  await connections.set({ details: JSON.stringify(stored) }).execute()
  const path = `${project}/connections/${connection_id}/`
  const { body, text } = await api.get(path).expect(200)
  expect(text).not.toContain('hunter2')
  expect(body.data.details.host).toBe('https://*****@db.example')
  await api
    .post(path)
    .send({ ...body.data, name: 'Renamed' })
    .expect(200)
  const row = await api.ctx.db.selectFrom('connections').selectAll().where('id', '=', connection_id).executeTakeFirst()
  expect([row?.name, row?.details]).toEqual(['Renamed', stored])
})

test('no answer shows a secret', async () => {
  const { project, connection_id, credentials_id, environmentId } = await createShared(api)
  const secret = { ...postgres.details, pass: 'hush-3' }
  const answers = [
    await api.post(`${project}/connections/${connection_id}/`).send({ details: secret }).expect(200),
    await api.get(`${project}/connections/`).expect(200),
    await api.get(`${v2}/connections/`).expect(200),
    await api.get(`${v2}/connections/${connection_id}/`).expect(200),
    await api.get(`${project}/credentials/`).expect(200),
    await api.get(`${project}/credentials/${credentials_id}/`).expect(200),
    await api.get(`${v3}/environments/${environmentId}/?include_related=stratus`).expect(200),
    await api.get(`${v2}/environments/${environmentId}/`).expect(200),
    await api.get('/api/stratus/v1/export/').expect(200),
    await api
      .post(`${project}/credentials/${credentials_id}/`)
      .send({ password: { hush: 'hush-5' } })
      .expect(400),
    await api
      .post(`${project}/connections/`)
      .send({ ...postgres, details: { password: ['hush-6'] } })
      .expect(400),
  ]
  for (const { text } of answers) expect(text).not.toContain('hush')
  expect((await connectionOfRuns(api, environmentId)).secrets).toEqual({
    password: 'hush-1',
    pass: 'hush-3',
  })
})
