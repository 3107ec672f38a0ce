import { absentLists, absentObjects } from '../../src/api/absent-things.ts'
import { atEachPath } from '../../src/api/http/operation.ts'
import { createTestApi, type TestApi } from '../support/api-server.ts'
import { createEnvironment } from '../support/objects.ts'

let api: TestApi
let projectId: number
let userId: number
beforeAll(async () => {
  api = await createTestApi()
  projectId = (await createEnvironment(api)).projectId
  userId = (await api.get('/api/v2/whoami/')).body.data.user.id
})
afterAll(() => api.close())

const urlOf = (path: string) =>
  path
    .replace(':account_id', '1')
    .replace(':project_id', String(projectId))
    .replace(':user_id', String(userId))
    .replace(/:\w+/g, '7')

test('a list of what there is none of is an empty list in its envelope', async () => {
  expect(absentLists.length).toBeGreaterThan(10)
  for (const { path } of atEachPath(absentLists)) {
    const { body } = await api.get(`${urlOf(path)}?limit=5&offset=10`).expect(200)
    expect([path, body]).toEqual([
      path,
      {
        status: { code: 200, is_success: true, user_message: 'Success!', developer_message: '' },
        data: [],
        extra: {
          filters: { limit: 5, offset: 10 },
          order_by: 'id',
          pagination: { count: 0, total_count: 0 },
        },
      },
    ])
  }
})

test('none of it is found, and changing it is not served', async () => {
  for (const { path } of atEachPath(absentObjects)) {
    const { body } = await api.get(urlOf(path)).expect(404)
    expect([path, body.status.developer_message]).toEqual([path, expect.stringMatching(/^Stratus has no [\w ]+\.$/)])
  }
  await api.post('/api/v3/accounts/1/groups/').expect(501)
  await api.delete('/api/v2/accounts/1/encryptions/7/').expect(501)
})

test('what is not there, or not for a token, has no lists either', async () => {
  await api.get('/api/v3/accounts/1/projects/99/profiles/').expect(404)
  await api.get('/api/v3/accounts/1/users/99/account-apikeys/').expect(404)
  await api.get('/api/v3/accounts/2/groups/').expect(404)
  const runner = api.as(await api.createToken([{ permission_set: 'job_runner', project_ids: [projectId] }]))
  await runner.get('/api/v3/accounts/1/groups/').expect(403)
})
