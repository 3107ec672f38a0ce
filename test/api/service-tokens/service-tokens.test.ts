import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createJob } from '../../support/rows.ts'

const tokens = '/api/v3/accounts/1/service-tokens/'
let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
  await createJob(api.ctx.db)
})
afterAll(() => api.close())

async function make(body: object) {
  return (
    await api
      .post(tokens)
      .send({ name: 'CI', ...body })
      .expect(201)
  ).body.data
}

test('a token shows its text once, works, and is worthless when it was deleted', async () => {
  const made = await make({ permission_grants: [{ permission_set: 'job_admin', project_id: null }] })
  expect(made.token_string).toMatch(/^stp_/)
  expect(made).toMatchObject({
    name: 'CI',
    state: 1,
    permission_grants: [{ permission_set: 'job_admin', project_id: null }],
    metadata_only: false,
  })
  const caller = api.as(made.token_string)
  await caller.get('/api/v2/accounts/1/jobs/').expect(200)

  const one = await api.get(`${tokens}${made.id}/`).expect(200)
  const listed = await api.get(tokens).expect(200)
  expect(one.body.data.token_string).toBeNull()
  expect(listed.body.data).toContainEqual(one.body.data)
  expect(one.text + listed.text).not.toContain(made.token_string)

  const deleted = await api.delete(`${tokens}${made.id}/`).expect(200)
  expect(deleted.body.data.state).toBe(2)
  await caller.get('/api/v2/accounts/1/jobs/').expect(401)
  await api.get(`${tokens}${made.id}/`).expect(404)
})

test('grants are for one project or for all, and sets for several projects are kept together', async () => {
  const made = await make({
    permission_grants: [
      { permission_set: 'job_runner', project_id: 1 },
      { permission_set: 'job_viewer', all_projects: true },
    ],
  })
  const permissions = await api.get(`${tokens}${made.id}/permissions/`).expect(200)
  expect(permissions.body.data).toMatchObject([
    { permission_set: 'job_runner', project_id: 1, all_projects: false, service_token_id: made.id },
    { permission_set: 'job_viewer', project_id: null, all_projects: true },
  ])
})

test('a token can be renamed and given other permissions, which count at once', async () => {
  const made = await make({})
  const caller = api.as(made.token_string)
  await caller.get('/api/v2/accounts/1/').expect(200)
  await caller.get('/api/v2/accounts/1/jobs/').expect(403)
  const replaced = await api
    .post(`${tokens}${made.id}/permissions/`)
    .send([{ permission_set: 'job_viewer', all_projects: true, project_id: null }])
    .expect(200)
  expect(replaced.body.data).toHaveLength(1)
  await caller.get('/api/v2/accounts/1/jobs/').expect(200)
  const renamed = await api.put(`${tokens}${made.id}/`).send({ name: 'Nightly' }).expect(200)
  expect(renamed.body.data).toMatchObject({ id: made.id, name: 'Nightly', token_string: null })
})

test.each([
  [{ name: '' }, 'name'],
  [{ permission_grants: [{ permission_set: 'root' }] }, 'permission_grants.0.permission_set'],
  [{ permission_grants: [{ permission_set: 'job_admin', project_id: 404 }] }, 'grants'],
  [{ permission_grants: [{ permission_set: 'job_admin', project_id: 'x' }] }, 'permission_grants.0.project_id'],
  [{ permission_grants: [{ permission_set: 'job_admin', all_projects: false }] }, 'permission_grants.0.project_id'],
  [
    { permission_grants: [{ permission_set: 'developer', writable_environment_categories: ['staging'] }] },
    'permission_grants.0.writable_environment_categories',
  ],
  [{ expires_at: '2001-01-01T00:00:00Z' }, 'expires_at'],
])('%j is refused by the name of its field', async (body, field) => {
  const { body: answer } = await api
    .post(tokens)
    .send({ name: 'CI', ...body })
    .expect(400)
  expect(Object.keys(answer.data)).toEqual([field])
})

test('what an account viewer may see it may not change, and others see nothing', async () => {
  const viewer = api.as(await api.createToken([{ permission_set: 'account_viewer', project_ids: null }]))
  await viewer.get(tokens).expect(200)
  await viewer.post(tokens).send({ name: 'CI' }).expect(403)
  await viewer.delete(`${tokens}1/`).expect(403)
  const limited = api.as(await api.createToken([{ permission_set: 'account_admin', project_ids: [1] }]))
  await limited.get(tokens).expect(403)
  await limited.post(tokens).send({ name: 'CI' }).expect(403)
})
