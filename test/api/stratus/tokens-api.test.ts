import { createTestApi, type TestApi } from '../../support/api-server.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const grants = [{ permission_set: 'job_runner' }]

test('a token is made, works, is listed without its text, and is revoked', async () => {
  const made = await api
    .post('/api/stratus/v1/tokens/')
    .send({ name: 'CI', grants, expires_at: '2999-01-31T00:00:00Z' })
    .expect(201)
  const { id, token } = made.body.data
  expect(made.body.data).toMatchObject({
    name: 'CI',
    account_id: 1,
    grants: [{ permission_set: 'job_runner', project_ids: null }],
    expires_at: '2999-01-31T00:00:00.000000+00:00',
    revoked_at: null,
  })
  await api.as(token).get('/api/stratus/v1/server').expect(200)
  await api.as(token).get('/api/stratus/v1/tokens').expect(403)

  const listed = await api.get('/api/stratus/v1/tokens/').expect(200)
  expect(listed.body.data.map(({ name }: { name: string }) => name)).toEqual(['test', 'CI'])
  expect(listed.body.extra.pagination).toEqual({ count: 2, total_count: 2 })
  expect(listed.text).not.toContain(token)
  expect(listed.text).not.toContain('hash')
  expect((await api.get('/api/stratus/v1/tokens?limit=1&offset=1')).body.data).toHaveLength(1)

  const revoked = await api.delete(`/api/stratus/v1/tokens/${id}/`).expect(200)
  expect(revoked.body.data.revoked_at).toMatch(/^\d{4}-/)
  await api.as(token).get('/api/stratus/v1/server').expect(401)
})

test.each([
  [{ grants }, 'name'],
  [{ name: ' ', grants }, 'name'],
  [{ name: 'a\u0000b', grants }, 'name'],
  [{ name: 'CI' }, 'grants'],
  [{ name: 'CI', grants: [] }, 'grants'],
  [{ name: 'CI', grants: [{ permission_set: 'root' }] }, 'grants.0.permission_set'],
  [{ name: 'CI', grants: [{ permission_set: 'job_runner', project_ids: [] }] }, 'grants.0.project_ids'],
  [{ name: 'CI', grants: [{ permission_set: 'job_runner', project_ids: [404] }] }, 'grants'],
  [{ name: 'CI', grants, expires_at: '2001-01-01T00:00:00Z' }, 'expires_at'],
  [{ name: 'CI', grants, expires_at: 'tomorrow' }, 'expires_at'],
])('the body %j is refused by the name of its field', async (body, field) => {
  const answer = await api.post('/api/stratus/v1/tokens').send(body).expect(400)
  expect(Object.keys(answer.body.data)).toEqual([field])
})

test('a token that does not exist, or is of another account, is not found', async () => {
  await api.ctx.db.insertInto('accounts').values({ id: 2, name: 'Theirs' }).execute()
  const theirs = await api.ctx.db
    .insertInto('tokens')
    .values({ account_id: 2, name: 'Theirs', hash: Buffer.from('x'), grants: '[]' })
    .returning('id')
    .executeTakeFirstOrThrow()
  for (const id of [theirs.id, 999_999, 'abc']) await api.delete(`/api/stratus/v1/tokens/${id}`).expect(404)
})

test('only an administrator of the whole account sees tokens', async () => {
  await api.ctx.db.insertInto('projects').values({ account_id: 1, name: 'Shop', path: '/nowhere' }).execute()
  const limited = await api.createToken([{ permission_set: 'account_admin', project_ids: [1] }])
  await api.as(limited).get('/api/stratus/v1/tokens').expect(403)
  await api.as(limited).post('/api/stratus/v1/tokens').send({ name: 'CI', grants }).expect(403)
  await api.as(limited).delete('/api/stratus/v1/tokens/1').expect(403)
})
