import request from 'supertest'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createJob } from '../../support/rows.ts'

let api: TestApi
let jobId: number
beforeAll(async () => {
  api = await createTestApi()
  jobId = await createJob(api.ctx.db)
})
afterAll(() => api.close())

const runs = '/api/v2/accounts/1/runs/'

describe('tokens', () => {
  test.each(['Token', 'Bearer', 'token', 'BEARER'])('%s is accepted', async (scheme) => {
    await request(api.app).get(runs).set('Authorization', `${scheme} ${api.token}`).expect(200)
  })

  test.each([undefined, '', 'Token', 'Token wrong', 'Bearer None', 'Basic dTpw'])('%j is a 401', async (header) => {
    const call = request(api.app).get(runs)
    if (header !== undefined) call.set('Authorization', header)
    const { body, headers } = await call.expect(401)
    expect(body).toEqual({
      status: { code: 401, is_success: false, user_message: 'Invalid token.', developer_message: null },
      data: null,
    })
    expect(headers['www-authenticate']).toBe('Bearer')
  })

  test('nothing of the API answers without one', async () => {
    for (const method of ['get', 'post', 'put', 'delete', 'options', 'head'] as const) {
      await request(api.app)[method](`/api/v2/accounts/1/jobs/${jobId}/`).expect(401)
    }
    await request(api.app).get('/api/nothing/here').expect(401)
    await request(api.app).post(`/api/v2/accounts/1/jobs/${jobId}/run/`).send('{').expect(401)
  })
})

describe('the root', () => {
  test('is a page for browsers', async () => {
    const { text } = await request(api.app)
      .get('/')
      .set('Accept', 'text/html,application/xhtml+xml,*/*;q=0.8')
      .expect(200)
    expect(text).toContain('<h1>Stratus</h1>')
    for (const address of ['/api/docs/', '/healthz']) expect(text).toContain(`href="${address}"`)
  })

  test("tells Airflow's connection test whether the token is good", async () => {
    const root = request(api.app).get('/').set('Accept', '*/*')
    const { body } = await root.set('Authorization', `Token ${api.token}`).expect(200)
    expect(body).toEqual((await api.get('/api/v2/accounts/').expect(200)).body)
    const refused = await request(api.app).get('/').set('Accept', '*/*').set('Authorization', 'Token wrong').expect(401)
    expect(refused.body.status.user_message).toBe('Invalid token.')
  })
})

describe('both slash forms are answered, without a redirect', () => {
  test.each([
    ['get', '/api/v2/accounts'],
    ['get', '/api/v3/accounts'],
    ['get', '/api/v2/accounts/1'],
    ['get', '/api/v2/accounts/1/jobs/JOB'],
    ['get', '/api/v2/accounts/1/runs'],
    ['post', '/api/v2/accounts/1/jobs/JOB/run'],
    ['post', '/api/v2/accounts/1/jobs/JOB/rerun'],
    ['get', '/api/v3/accounts/1/projects'],
  ] as const)('%s %s', async (method, template) => {
    const url = template.replace('JOB', String(jobId))
    await api[method](url).expect(200)
    await api[method](`${url}/`).expect(200)
  })
})

describe('what is not there is a 404 in the envelope', () => {
  test.each([
    '/api/v2/accounts/1/jobs/999999/',
    '/api/v2/accounts/1/runs/999999/',
    '/api/v2/accounts/1/runs/abc/',
    '/api/v2/accounts/1/runs/-1/',
    '/api/v2/accounts/1/runs/99999999999999999999999999/',
    '/api/v2/accounts/1/runs/0x1/',
    '/api/v2/accounts/2/runs/',
    '/api/v2/accounts/01/runs/',
    '/api/v2/accounts/abc/',
    '/api/v3/accounts/1/projects/999999/',
    '/api/v2/accounts/1/environments/999999/',
    '/api/v2/accounts/1/runs/999999/artifacts/',
    '/api/v2/accounts/1/runs/999999/artifacts/manifest.json',
    '/api/v2/nothing/',
    '/api/v2/accounts/1/runs/%zz/',
    '/api/v2/accounts/1/runs/%/',
    '/api//v2/accounts/',
  ])('%s', async (url) => {
    const { body } = await api.get(url).expect(404)
    expect(body.status.user_message).toMatch(/^The requested resource was not found\. .*permissions/)
    expect(body.data).toBeNull()
  })

  test.each(['run', 'rerun'])('an unknown or deleted job cannot %s', async (verb) => {
    await api.post(`/api/v2/accounts/1/jobs/999999/${verb}/`).expect(404)
    const deleted = await createJob(api.ctx.db, { state: 2 })
    await api.post(`/api/v2/accounts/1/jobs/${deleted}/${verb}/`).expect(404)
    await api.get(`/api/v2/accounts/1/jobs/${deleted}/`).expect(404)
  })

  test('a page outside the API needs no token to be missing', async () => {
    await request(api.app).get('/favicon.ico').expect(404)
  })
})

test('another method on a known path is a 405 that says which are allowed', async () => {
  const { body, headers } = await api.delete(`/api/v2/accounts/1/runs/1/cancel/`).expect(405)
  expect(body).toEqual({
    detail: 'Method "DELETE" not allowed.',
    status: { code: 405, is_success: false, user_message: 'Method "DELETE" not allowed.', developer_message: null },
    data: null,
  })
  expect(headers.allow).toBe('POST, OPTIONS')
})

test('HEAD and OPTIONS are answered', async () => {
  const auth = `Token ${api.token}`
  const head = await request(api.app).head(`/api/v2/accounts/1/jobs/${jobId}/`).set('Authorization', auth).expect(200)
  expect(head.text).toBeUndefined()
  const options = await request(api.app).options(runs).set('Authorization', auth).expect(204)
  expect(options.headers.allow).toBe('GET, HEAD, OPTIONS')
})

test('a failure of ours is a 500 with an id and no detail', async () => {
  const broken = await createTestApi()
  await broken.ctx.db.schema.alterTable('run_steps').renameTo('hidden').execute()
  const { body } = await broken.post('/api/v2/accounts/1/jobs/1/rerun/').expect(404)
  expect(body.status.code).toBe(404)
  const id = await createJob(broken.ctx.db)
  const run = await broken.post(`/api/v2/accounts/1/jobs/${id}/run/`).expect(200)
  const failed = await broken.get(`${runs}${run.body.data.id}/?include_related=run_steps`).expect(500)
  expect(failed.body.detail).toMatch(/^There was a server error\..* request id [0-9a-f-]{36}\.$/)
  expect(JSON.stringify(failed.body)).not.toMatch(/relation|run_steps|select/)
  await broken.close()
})
