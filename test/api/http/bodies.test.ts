import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createJob } from '../../support/rows.ts'

let api: TestApi
let jobId: number
beforeAll(async () => {
  api = await createTestApi()
  jobId = await createJob(api.ctx.db)
})
afterAll(() => api.close())

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

  test('with one field as often as there is room for, in no time', async () => {
    const body = `${'steps_override=+&cause=a&'.repeat(40_000)}threads_override=3`
    const began = performance.now()
    const call = api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).type('form')
    const answer = await call.send(body).expect(400)
    expect(answer.body.data.steps_override).toMatch(/^Expected at most 100 items\. /)
    // A copy of all that came before for each value takes minutes.
    expect(performance.now() - began).toBeLessThan(10_000)
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
