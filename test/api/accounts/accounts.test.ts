import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createJob } from '../../support/rows.ts'

let api: TestApi
let theirs: ReturnType<TestApi['as']>
let runId: number
let jobId: number
let projectId: number

const document = {
  account: { id: 2, name: 'Second' },
  projects: [
    {
      name: 'Shop',
      git: { url: 'https://git.example.com/shop.git' },
      environments: [{ name: 'Production', jobs: [{ name: 'Build', execute_steps: ['dbt build'] }] }],
    },
  ],
}

beforeAll(async () => {
  api = await createTestApi()
  jobId = await createJob(api.ctx.db)
  const run = (await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)).body.data
  runId = run.id
  projectId = run.project_id
  await api.ctx.db.insertInto('accounts').values({ id: 2, name: 'New' }).execute()
  theirs = api.as(await api.createToken([{ permission_set: 'account_admin', project_ids: null }], 2))
})
afterAll(() => api.close())

test('a second account is filled by applying a document with its token', async () => {
  await theirs.post('/api/stratus/v1/apply/').send({ document }).expect(200)
  const { body } = await theirs.get('/api/v2/accounts/').expect(200)
  expect(body.data).toMatchObject([{ id: 2, name: 'Second' }])
  const jobs = await theirs.get('/api/v2/accounts/2/jobs/').expect(200)
  expect(jobs.body.data).toMatchObject([{ name: 'Build', account_id: 2 }])
  await theirs.post(`/api/v2/accounts/2/jobs/${jobs.body.data[0].id}/run/`).expect(200)
  const refused = await api.post('/api/stratus/v1/apply/').send({ document }).expect(400)
  expect(JSON.stringify(refused.body)).toMatch(/the account of this token/)
})

test('nothing of another account is there, under whichever account it is asked for', async () => {
  for (const account of [1, 2]) {
    await theirs.get(`/api/v2/accounts/${account}/runs/${runId}/`).expect(404)
    await theirs.post(`/api/v2/accounts/${account}/runs/${runId}/cancel/`).expect(404)
    await theirs.post(`/api/v2/accounts/${account}/runs/${runId}/retry/`).expect(404)
    await theirs.get(`/api/v2/accounts/${account}/runs/${runId}/artifacts/`).expect(404)
    await theirs.get(`/api/v2/accounts/${account}/jobs/${jobId}/`).expect(404)
    await theirs.post(`/api/v2/accounts/${account}/jobs/${jobId}/run/`).expect(404)
    await theirs.post(`/api/v2/accounts/${account}/jobs/${jobId}/rerun/`).expect(404)
    await theirs.get(`/api/v3/accounts/${account}/projects/${projectId}/`).expect(404)
    await theirs.get(`/api/v3/accounts/${account}/service-tokens/1/`).expect(404)
    await theirs.delete(`/api/v3/accounts/${account}/service-tokens/1/`).expect(404)
    await theirs.get(`/api/v3/accounts/${account}/users/1/`).expect(404)
  }
  await theirs.get('/api/v2/users/1/').expect(404)
  const run = await api.get(`/api/v2/accounts/1/runs/${runId}/`).expect(200)
  expect(run.body.data.status).toBe(1)
})

test('lists and the audit log hold what is the account’s own', async () => {
  const runs = await theirs.get('/api/v2/accounts/2/runs/').expect(200)
  expect(runs.body.data.every((run: { account_id: number }) => run.account_id === 2)).toBe(true)
  const log = await theirs.get('/api/v3/accounts/2/audit-logs/').expect(200)
  expect(log.body.data.map((entry: { event_label: string }) => entry.event_label)).toEqual([
    'Trigger Job Run',
    'Apply Document',
  ])
  const tokens = await theirs.get('/api/v3/accounts/2/service-tokens/').expect(200)
  expect(tokens.body.extra.pagination.total_count).toBe(1)
})

test('an account is renamed and gets other run slots by its administrators alone', async () => {
  const path = '/api/v2/accounts/1/'
  const before = (await api.get(path).expect(200)).body.data
  expect((await api.post(path).send(before).expect(200)).body.data).toEqual(before)
  const changed = await api.patch(path).send({ run_slots: 9 }).expect(200)
  expect(changed.body.data).toMatchObject({ id: 1, name: before.name, run_slots: 9 })
  const renamed = await api.post(path).send({ name: 'Shop', id: 1 }).expect(200)
  expect(renamed.body.data).toMatchObject({ name: 'Shop', run_slots: 9 })
  expect((await api.get(path).expect(200)).body.data).toEqual(renamed.body.data)

  const wrong = await api.post(path).send({ id: 2, run_slots: 0, name: '' }).expect(400)
  expect(Object.keys(wrong.body.data).sort()).toEqual(['name', 'run_slots'])
  await theirs.post(path).send({ name: 'Taken' }).expect(404)
  const jobAdmin = api.as(await api.createToken([{ permission_set: 'job_admin', project_ids: null }]))
  await jobAdmin.patch(path).send({ run_slots: 1 }).expect(403)
})
