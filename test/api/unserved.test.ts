import { atEachPath } from '../../src/api/http/operation.ts'
import { knownOperations } from '../../src/api/operations.ts'
import { unservedOperations } from '../../src/api/unserved-operations.ts'
import { createTestApi, type TestApi } from '../support/api-server.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const urlOf = (path: string, account = '1') => path.replace(':account_id', account).replace(/:\w+/g, '7')

test('an operation of dbt Cloud that is not served says that it is known', async () => {
  for (const { operationId, method, path } of atEachPath(unservedOperations)) {
    const { status, body } = await api[method](urlOf(path))
    expect([method, path, status]).toEqual([method, path, 501])
    expect(body.status.user_message).toMatch(new RegExp(`^Stratus does not serve "${operationId}". \\S.*\\.$`))
    expect(body.data).toBeNull()
  }
})

test('it still needs a token, and the token of its account', async () => {
  await api.as('wrong').get('/api/v3/accounts/1/webhooks/subscriptions').expect(401)
  await api.get('/api/v3/accounts/2/webhooks/subscriptions').expect(404)
})

test('a path with served and unserved operations allows all of them and refuses others', async () => {
  const { headers, body } = await api.put('/api/v2/accounts/1/').expect(405)
  expect(headers.allow).toBe('GET, HEAD, POST, PATCH, OPTIONS')
  expect(body).toMatchObject({ detail: 'Method "PUT" not allowed.', data: null })
})

test('no operation is both served and not', () => {
  const routes = atEachPath(knownOperations).map(({ method, path }) => `${method} ${path}`)
  expect(routes.filter((route, index) => routes.indexOf(route) !== index)).toEqual([])
})
