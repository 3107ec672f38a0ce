import { createTestApi, type TestApi } from '../../support/api-server.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

test('whoami, users/{id} and the list of users agree on who a token is', async () => {
  const who = await api.get('/api/v2/whoami/').expect(200)
  const { id } = who.body.data.user
  const v2 = await api.get(`/api/v2/users/${id}/`).expect(200)
  const v3 = await api.get(`/api/v3/accounts/1/users/${id}`).expect(200)
  const inAccount = await api.get(`/api/v2/accounts/1/users/${id}/`).expect(200)
  expect(v2.body.data).toEqual(v3.body.data)
  expect(inAccount.body.data).toEqual(v3.body.data)
  expect(v2.body.data).toMatchObject({ id, first_name: 'test', is_active: true, permissions: [] })
  const listed = await api.get('/api/v2/accounts/1/users').expect(200)
  expect(listed.body.data.map((user: { id: number }) => user.id)).toContain(id)
})

test('a user has an address that is one, and that is nobody else', async () => {
  const { user } = (await api.get('/api/v2/whoami/').expect(200)).body.data
  expect(user.email).toBe(`token-${user.id}@stratus.invalid`)
  const { body } = await api.get(`/api/v2/users/${user.id}/`).expect(200)
  expect(body.data.email).toBe(user.email)
  const listed = (await api.get('/api/v3/accounts/1/users/?order_by=-email').expect(200)).body.data
  const emails: string[] = listed.map(({ email }: { email: string }) => email)
  expect(emails).toEqual([...emails].sort().reverse())
})

test('a token without the permission sees itself and nobody else', async () => {
  const runner = api.as(await api.createToken([{ permission_set: 'job_runner', project_ids: null }]))
  const { id } = (await runner.get('/api/v2/whoami/').expect(200)).body.data.user
  const { body } = await runner.get('/api/v3/accounts/1/users/').expect(200)
  expect(body.data.map((user: { id: number }) => user.id)).toEqual([id])
  expect(body.extra.pagination).toEqual({ count: 1, total_count: 1 })
  await runner.get(`/api/v2/users/${id}/`).expect(200)
  await runner.get('/api/v2/users/1/').expect(404)
})

test('the list is ordered and paged as it is asked for, and takes the orders that clients send', async () => {
  await api.createToken([{ permission_set: 'readonly', project_ids: null }])
  const ids = async (query: string) =>
    (await api.get(`/api/v3/accounts/1/users/?${query}`).expect(200)).body.data.map((user: { id: number }) => user.id)
  const all = await ids('order_by=email&state=active')
  expect(all).toEqual([...all].sort((a, b) => a - b))
  expect(await ids('order_by=-id')).toEqual([...all].reverse())
  expect(await ids('limit=1&offset=1')).toEqual([all[1]])
  expect(await ids('state=deleted')).toEqual([])
  await api.get('/api/v3/accounts/1/users/?order_by=shoe_size').expect(400)
})

test("a user's credentials are an empty list, and a 404 for a user that is not there", async () => {
  const { id } = (await api.get('/api/v2/whoami').expect(200)).body.data.user
  const { body } = await api.get(`/api/v3/users/${id}/credentials/`).expect(200)
  expect(body).toMatchObject({ data: [], extra: { pagination: { count: 0, total_count: 0 } } })
  await api.get('/api/v3/users/99999/credentials/').expect(404)
})

test('licences come in a list envelope and limit nothing', async () => {
  const { body } = await api.get('/api/v2/accounts/1/licenses/').expect(200)
  expect(body.data).toHaveLength(1)
  expect(body.data[0].developer).toMatchObject({ limited: false, over_limit: false })
  expect(body.extra.pagination).toEqual({ count: 1, total_count: 1 })
})
