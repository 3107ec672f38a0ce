import request from 'supertest'
import { createTestApi, type TestApi } from '../support/api-server.ts'
import { createJob } from '../support/rows.ts'

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

describe('bodies that say nothing are accepted', () => {
  test.each([
    ['null', 'application/json'],
    ['', 'application/json'],
    ['  \n ', 'application/json'],
    ['{}', 'application/json'],
    ['\uFEFF{"cause":null}', 'application/json; charset=utf-8'],
    ['', 'application/x-www-form-urlencoded'],
    ['', 'text/plain'],
  ])('%j as %s', async (body, type) => {
    const call = api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).set('Content-Type', type)
    const answer = await call.send(body).expect(200)
    expect(answer.body.data.trigger.cause).toBe('Triggered via API')
  })
})

describe('bodies in other forms are read', () => {
  const wanted = { cause: 'a & b', threads_override: 3, steps_override: ['dbt run', 'dbt test'] }
  test('urlencoded', async () => {
    const { body } = await api
      .post(`/api/v2/accounts/1/jobs/${jobId}/run/`)
      .type('form')
      .send('cause=a+%26+b&threads_override=3&steps_override=dbt+run&steps_override=dbt+test')
      .expect(200)
    expect(body.data.trigger).toMatchObject(wanted)
  })

  test('multipart', async () => {
    const { body } = await api
      .post(`/api/v2/accounts/1/jobs/${jobId}/run/`)
      .field('cause', 'a & b')
      .field('threads_override', '3')
      .field('steps_override', 'dbt run')
      .field('steps_override', 'dbt test')
      .expect(200)
    expect(body.data.trigger).toMatchObject(wanted)
  })

  test('JSON that curl calls a form', async () => {
    const { body } = await api
      .post(`/api/v2/accounts/1/jobs/${jobId}/run/`)
      .type('form')
      .send(JSON.stringify(wanted))
      .expect(200)
    expect(body.data.trigger).toMatchObject(wanted)
  })
})

describe('the body of a GET has no meaning', () => {
  test.each([
    ['null', 'application/json'],
    ['{"cause": ', 'application/json'],
    ['[1]', 'application/json'],
    ['"text"', 'text/plain'],
    ['a=%ff', 'application/x-www-form-urlencoded'],
    ['no boundary', 'multipart/form-data'],
    [`"${'x'.repeat(2_000_000)}"`, 'application/json'],
  ])('%.12s', async (text, type) => {
    await api.get(`/api/v2/accounts/1/jobs/${jobId}`).type(type).send(text).expect(200)
  })

  test('and one that is read for the step of an artifact may be anything else', async () => {
    const url = `/api/v2/accounts/1/runs/${(await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`)).body.data.id}`
    for (const text of ['{"step": "first"}', '[]', '{"step"']) {
      await api.get(`${url}/artifacts/manifest.json`).type('json').send(text).expect(404)
    }
  })
})

describe('a wrong body is a 400 that names its field, what was expected and what came', () => {
  test.each([
    ['{"cause": ', 'body', /Expected JSON/],
    ['not json', 'body', /Expected JSON/],
    ['[1]', 'body', /object/],
    ['"text"', 'body', /object/],
    ['{"cause": 5}', 'cause', /Expected text. Got 5\./],
    ['{"cause": "a\\u0000b"}', 'cause', /NUL/],
    ['{"schema_override": "\\ud800"}', 'schema_override', /surrogate/],
    ['{"threads_override": "many"}', 'threads_override', /whole number from 0 to 1024. Got "many"/],
    ['{"threads_override": -1}', 'threads_override', /Got -1/],
    ['{"threads_override": 1.5}', 'threads_override', /Got 1.5/],
    ['{"timeout_seconds_override": 1e300}', 'timeout_seconds_override', /whole number/],
    ['{"generate_docs_override": "perhaps"}', 'generate_docs_override', /true or false/],
    ['{"generate_docs_override": "constructor"}', 'generate_docs_override', /true or false/],
    ['{"steps_override": "dbt run"}', 'steps_override', /list of texts. Got "dbt run"/],
    ['{"steps_override": ["dbt run", 5]}', 'steps_override.1', /Expected text. Got 5/],
    ['{"steps_override": {"0": "dbt run"}}', 'steps_override', /list/],
  ])('%s', async (text, field, sentence) => {
    const call = api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).type('json')
    const { body } = await call.send(text).expect(400)
    expect(body.status).toMatchObject({ code: 400, is_success: false })
    expect(body.data[field]).toMatch(sentence)
  })

  test('bytes that are no UTF-8', async () => {
    const url = `/api/v2/accounts/1/jobs/${jobId}/run/`
    for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
      const bytes = Buffer.concat([Buffer.from('{"cause": "'), Buffer.from([0xe9, 0x74, 0xe9]), Buffer.from('"}')])
      const call = api.post(url).set('Content-Type', type)
      call.write(bytes)
      const { body } = await call.expect(400)
      expect(body.data).toEqual({ body: 'Expected text in UTF-8.' })
    }
  })

  test('clients that show messages alone show what is wrong', async () => {
    const url = `/api/v2/accounts/1/jobs/${jobId}/run/`
    const { body } = await api.post(url).send({ cause: 5, threads_override: -1 }).expect(400)
    expect(body.status.developer_message).toBe(
      'cause: Expected text. Got 5.\nthreads_override: Expected a whole number from 0 to 1024. Got -1.',
    )
  })

  test('a cause has a limit', async () => {
    const url = `/api/v2/accounts/1/jobs/${jobId}/run/`
    const { body } = await api
      .post(url)
      .send({ cause: 'x'.repeat(2_001) })
      .expect(400)
    expect(body.data.cause).toMatch(/^Expected at most 2000 characters\. Got "x{99}…\.$/)
    await api
      .post(url)
      .send({ cause: 'x'.repeat(2_000) })
      .expect(200)
  })

  test('all that is wrong is said at once', async () => {
    const { body } = await api
      .post(`/api/v2/accounts/1/jobs/${jobId}/run/`)
      .send({ cause: [], threads_override: -1, git_sha: {} })
      .expect(400)
    expect(Object.keys(body.data).sort()).toEqual(['cause', 'git_sha', 'threads_override'])
  })

  test('a body of 10 MB is a 413', async () => {
    const { body } = await api
      .post(`/api/v2/accounts/1/jobs/${jobId}/run/`)
      .send({ cause: 'x'.repeat(10 * 1024 * 1024) })
      .expect(413)
    expect(body.status.user_message).toMatch(/larger than 1048576 bytes/)
  })

  test('a body that is not what its headers say', async () => {
    const { body } = await api
      .post(`/api/v2/accounts/1/jobs/${jobId}/run/`)
      .type('json')
      .set('Content-Encoding', 'gzip')
      .send('{}')
      .expect(400)
    expect(body.data.body).toMatch(/as its headers describe it/)
    const form = api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).set('Content-Type', 'multipart/form-data')
    expect((await form.send('no boundary').expect(400)).body.data.body).toMatch(/boundary/)
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
