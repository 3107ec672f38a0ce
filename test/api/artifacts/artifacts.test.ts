import request from 'supertest'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createJob } from '../../support/rows.ts'

let api: TestApi
let jobId: number
let runId: number
const content: Record<string, string> = {
  '1 manifest.json': '{"step":1}',
  '1 sources.json': '{}',
  '2 manifest.json': '{"step":2}',
  '2 run_results.json': '{"results":[]}',
  '2 compiled/shop/models/größe 1.sql': 'select 1 -- é\n',
  '2 graph.gpickle': '\u0000\u0001',
  '3 manifest.json': '{"step":3}',
}

beforeAll(async () => {
  api = await createTestApi()
  jobId = await createJob(api.ctx.db)
  const { body } = await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)
  runId = body.data.id
  const statuses = ['success', 'error', 'running'] as const
  await api.ctx.db
    .insertInto('run_steps')
    .values(
      statuses.map((status, i) => ({ run_id: runId, index: i + 1, kind: 'command', name: `step ${i + 1}`, status })),
    )
    .execute()
  for (const [name, text] of Object.entries(content)) {
    const [, index = '', path = ''] = /^(\d) (.*)$/.exec(name) ?? []
    const store_key = `runs/${runId}/1/${index}/${path}`
    const size_bytes = await api.storeFile(store_key, text)
    await api.ctx.db
      .insertInto('run_artifacts')
      .values({ run_id: runId, step_index: Number(index), path, size_bytes, store_key })
      .execute()
  }
})
afterAll(() => api.close())

const artifacts = () => `/api/v2/accounts/1/runs/${runId}/artifacts`

test('the list has what finished steps left, sorted, each path once', async () => {
  const { body } = await api.get(artifacts()).expect(200)
  expect(body.data).toEqual([
    'compiled/shop/models/größe 1.sql',
    'graph.gpickle',
    'manifest.json',
    'run_results.json',
    'sources.json',
  ])
  expect((await api.get(`${artifacts()}/?step=1`).expect(200)).body.data).toEqual(['manifest.json', 'sources.json'])
  expect((await api.get(`${artifacts()}/?step=3`).expect(200)).body.data).toEqual([])
})

test('a file comes from the last finished step that left it, or from the named one', async () => {
  expect((await api.get(`${artifacts()}/manifest.json`).expect(200)).body).toEqual({ step: 2 })
  expect((await api.get(`${artifacts()}/manifest.json?step=1`).expect(200)).body).toEqual({ step: 1 })
  expect((await api.get(`${artifacts()}/sources.json`).expect(200)).body).toEqual({})
  expect((await api.get(`${artifacts()}/manifest.json`).send({ step: 1 }).expect(200)).body).toEqual({ step: 1 })
  for (const missing of ['manifest.json?step=3', 'manifest.json?step=9', 'sources.json?step=2', 'catalog.json']) {
    await api.get(`${artifacts()}/${missing}`).expect(404)
  }
  await api.get(`${artifacts()}/manifest.json?step=x`).expect(400)
})

test('a file comes as it is, with its type and size', async () => {
  const json = await api.get(`${artifacts()}/run_results.json`).expect(200)
  expect(json.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'content-length': '14',
    'content-security-policy': 'sandbox',
  })
  const sql = await api.get(`${artifacts()}/compiled/shop%2Fmodels/gr%C3%B6%C3%9Fe%201.sql`).expect(200)
  expect(sql.headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(sql.text).toBe('select 1 -- é\n')
  const binary = await api.get(`${artifacts()}/graph.gpickle`).expect(200)
  expect(binary.headers['content-type']).toBe('application/octet-stream')
})

test('HEAD tells type and size without the file', async () => {
  const { headers, text } = await request(api.app)
    .head(`${artifacts()}/run_results.json`)
    .set('Authorization', `Token ${api.token}`)
    .expect(200)
  expect(headers['content-length']).toBe('14')
  expect(text).toBeUndefined()
})

test('a file that the store has lost is a 404', async () => {
  const key = `runs/${runId}/lost/`
  await api.ctx.db
    .insertInto('run_artifacts')
    .values({ run_id: runId, step_index: 2, path: 'lost.json', size_bytes: 5, store_key: `${key}lost.json` })
    .execute()
  const { body } = await api.get(`${artifacts()}/lost.json`).expect(404)
  expect(body.status.developer_message).toBe('lost.json is no longer there.')
})

test("a job's artifacts are those of its latest successful run", async () => {
  const url = `/api/v2/accounts/1/jobs/${jobId}/artifacts/manifest.json`
  await api.get(url).expect(404)
  await api.ctx.db.updateTable('runs').set({ status: 'success' }).where('id', '=', runId).execute()
  await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)
  expect((await api.get(url).expect(200)).body).toEqual({ step: 2 })
})
