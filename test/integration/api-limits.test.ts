import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import request from 'supertest'
import { configureServer, serverOptions } from '../../src/api/configure-server.ts'
import { createTestApi, type TestApi } from '../support/api-server.ts'
import { createJob } from '../support/rows.ts'

describe('what a request may be', () => {
  let api: TestApi
  let run: string
  beforeAll(async () => {
    api = await createTestApi()
    run = `/api/v2/accounts/1/jobs/${await createJob(api.ctx.db)}/run/`
  })
  afterAll(() => api.close())

  test('an address that is too long is a 414', async () => {
    const { body } = await api.get(`/api/v2/accounts/1/runs/?pk__in=${'1,'.repeat(4_500)}`).expect(414)
    expect(body.status.user_message).toMatch(/longer than 8192 characters/)
  })

  test('a list in a query has a limit', async () => {
    const { body } = await api.get(`/api/v2/accounts/1/runs/?pk__in=${'1,'.repeat(1_001)}`).expect(400)
    expect(body.data.pk__in).toMatch(/^Expected at most 1000 items, and not 1001\./)
    await api.get(`/api/v2/accounts/1/runs/?pk__in=${'1,'.repeat(1_000)}`).expect(200)
  })

  test.each(['[1,2', '1,2]', '["1"', '[1]&status__in=[2'])('a list that is cut off is a 400: %s', async (text) => {
    const { body } = await api.get(`/api/v2/accounts/1/runs/?status__in=${text}`).expect(400)
    expect(body.data.status__in).toMatch(/^Expected a list such as \[1, 2\], with both of its brackets\./)
  })

  test('a number that the database cannot hold is a 400', async () => {
    const { body } = await api.get('/api/v2/accounts/1/runs/1/artifacts/?step=2147483648').expect(400)
    expect(body.data.step).toMatch(/at most 2147483647/)
  })

  test('a text in a query has a limit', async () => {
    const { body } = await api.get(`/api/v2/accounts/1/jobs/?name__icontains=${'x'.repeat(1_001)}`).expect(400)
    expect(body.data.name__icontains).toMatch(/^Expected at most 1000 characters\./)
  })

  test.each(['[', '{"a":'])('JSON of many "%s" is refused before it is read', async (opening) => {
    const { body } = await api.post(run).type('json').send(opening.repeat(100_000)).expect(400)
    expect(body.data.body).toMatch(/at most 64 levels/)
  })

  test('brackets within texts nest nothing', async () => {
    const cause = `"\\"${'['.repeat(200)}`
    const { body } = await api.post(run).send({ cause }).expect(200)
    expect(body.data.trigger.cause).toBe(cause)
  })

  test('a list in a body has a limit, and so has each of its texts', async () => {
    const many = await api
      .post(run)
      .send({ steps_override: Array(101).fill('dbt run') })
      .expect(400)
    expect(many.body.data.steps_override).toMatch(/^Expected at most 100 items\./)
    const long = await api
      .post(run)
      .send({ steps_override: [`dbt run --vars '${'x'.repeat(131_072)}'`] })
      .expect(400)
    expect(long.body.data['steps_override.0']).toMatch(/^The command has an argument of 131,072 bytes/)
  })

  test('a failure of ours carries its request id in a header', async () => {
    const broken = await createTestApi()
    await broken.ctx.db.schema.alterTable('runs').renameTo('hidden').execute()
    const { headers, body } = await broken.get('/api/v2/accounts/1/runs/').expect(500)
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(body.detail).toContain(headers['x-request-id'])
    expect(body.status.code).toBe(500)
    expect(body.data).toBeNull()
    await broken.close()
  })
})

describe('how often an account may ask', () => {
  test('beyond the limit it is a 429 that says when to come back, for that account alone', async () => {
    const api = await createTestApi('postgres', { app: { requestsPerMinute: 3 } })
    await api.ctx.db.insertInto('accounts').values({ id: 2, name: 'Theirs' }).execute()
    const theirs = api.as(await api.createToken([{ permission_set: 'account_admin', project_ids: null }], 2))
    for (let n = 0; n < 3; n++) await api.get('/api/v2/accounts/1/').expect(200)
    const { headers, body } = await api.get('/api/v2/accounts/1/').expect(429)
    expect(Number(headers['retry-after'])).toBeGreaterThan(55)
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60)
    expect(body).toEqual({
      status: {
        code: 429,
        is_success: false,
        user_message: 'This account made more than 3 requests within a minute.',
        developer_message: '',
      },
      data: null,
    })
    await theirs.get('/api/v2/accounts/2/').expect(200)
    await api.close()
  })

  test('without a limit nobody is refused', async () => {
    const api = await createTestApi('postgres', { app: { requestsPerMinute: 0 } })
    for (let n = 0; n < 20; n++) await api.get('/api/v2/accounts/1/').expect(200)
    await api.close()
  })
})

describe('how many runs may wait', () => {
  const refused = (message: string) => ({
    status: { code: 429, is_success: false, user_message: message, developer_message: '' },
    data: null,
  })

  test('of a job, and of a token, whoever triggers or reruns; the next comes when one has gone', async () => {
    const api = await createTestApi('postgres', { queueLimits: { perJob: 2, perToken: 3 } })
    const jobs = [await createJob(api.ctx.db), await createJob(api.ctx.db)]
    const path = (job: number | undefined, verb: string) => `/api/v2/accounts/1/jobs/${job}/${verb}/`
    const other = api.as(await api.createToken([{ permission_set: 'job_admin', project_ids: null }]))
    const first = await api.post(path(jobs[0], 'run')).send({ cause: 'x' }).expect(200)
    await api.post(path(jobs[0], 'rerun')).expect(200)
    const ofJob = `Job ${jobs[0]} has 2 runs in the queue, and 2 may wait (STRATUS_MAX_QUEUED_PER_JOB). Wait until some have run, or cancel them.`
    for (const calls of [api, other]) {
      for (const verb of ['run', 'rerun']) {
        const { body, headers } = await calls.post(path(jobs[0], verb)).expect(429)
        expect([body, headers['retry-after']]).toEqual([refused(ofJob), '60'])
      }
    }
    await api.post(path(jobs[1], 'run')).expect(200)
    const { body } = await api.post(path(jobs[1], 'run')).expect(429)
    expect(body.status.user_message).toMatch(/^The token "test" has 3 runs in the queue, and 3 may wait/)
    await other.post(path(jobs[1], 'run')).expect(200)
    await api.post(`/api/v2/accounts/1/runs/${first.body.data.id}/cancel/`).expect(200)
    await api.post(path(jobs[0], 'run')).expect(200)
    await api.close()
  })

  test('a retry of a failed run waits like any other', async () => {
    const api = await createTestApi('postgres', { queueLimits: { perJob: 1, perToken: 0 } })
    const job = await createJob(api.ctx.db)
    const { body } = await api.post(`/api/v2/accounts/1/jobs/${job}/run/`).expect(200)
    const ended = { status: 'error', finished_at: new Date() } as const
    await api.ctx.db.updateTable('runs').set(ended).where('id', '=', body.data.id).execute()
    await api.post(`/api/v2/accounts/1/jobs/${job}/rerun/`).expect(200)
    await api.ctx.db.updateTable('runs').set(ended).where('id', '>', body.data.id).execute()
    await api.ctx.db.updateTable('runs').set({ status: 'queued' }).where('id', '=', body.data.id).execute()
    await api.post(`/api/v2/accounts/1/jobs/${job}/rerun/`).expect(429)
    await api.close()
  })
})

test('bad tokens from one address are answered ever more slowly, and good ones at once', async () => {
  const api = await createTestApi()
  const bad = async () => {
    const began = performance.now()
    await request(api.app).get('/api/v2/accounts/1/').set('Authorization', 'Token guess').expect(401)
    return performance.now() - began
  }
  const first = await bad()
  for (let n = 0; n < 9; n++) await bad()
  const delays = [await bad(), await bad(), await bad(), await bad()]
  expect(first).toBeLessThan(delays[3] ?? 0)
  expect(delays[0]).toBeGreaterThanOrEqual(95)
  expect(delays[3]).toBeGreaterThanOrEqual(790)
  const began = performance.now()
  await api.get('/api/v2/accounts/1/').expect(200)
  // A bad one would have waited twice as long as the last.
  expect(performance.now() - began).toBeLessThan(delays[3] ?? 0)
  await api.close()
}, 20_000)

describe('what is no request at all is answered in the envelope', () => {
  let server: http.Server
  let port: number
  beforeAll(async () => {
    server = http.createServer(serverOptions)
    configureServer(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
  })
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  test.each([
    [
      'too many headers',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
      431,
      /larger than 32768 bytes/,
    ],
    ['something else', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 400, /not a request/],
  ])('%s', async (_name, text, code, sentence) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.setEncoding('utf8')
    socket.write(text)
    let answer = ''
    for await (const chunk of socket) answer += chunk
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${code} `))
    expect(JSON.parse(body)).toMatchObject({ status: { code, is_success: false }, data: null })
    expect(JSON.parse(body).status.user_message).toMatch(sentence)
  })
})

describe('a body that is larger than its bound', () => {
  let api: TestApi
  let server: http.Server
  let port: number
  const big = 30 * 1024 * 1024
  beforeAll(async () => {
    api = await createTestApi()
    server = http.createServer(serverOptions, api.app)
    configureServer(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
  })
  afterAll(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    await api.close()
  })

  /** Writes all of its text before it reads any answer, as Python's clients do. */
  async function send(header: string, body: Iterable<string>): Promise<{ code: string; answer: string }> {
    const socket = net.connect(port, '127.0.0.1')
    socket.setEncoding('utf8')
    socket.pause()
    const head = `POST /api/v2/accounts/1/jobs/1/run/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token ${api.token}\r\n`
    socket.write(`${head}Content-Type: application/json\r\n${header}\r\n\r\n`)
    for (const chunk of body) if (!socket.write(chunk)) await once(socket, 'drain')
    let answer = ''
    for await (const chunk of socket) {
      answer += chunk
      if (answer.includes('"data":')) break
    }
    socket.destroy()
    return { code: answer.split(' ', 2)[1] ?? '', answer: answer.slice(answer.indexOf('{')) }
  }

  function* pieces(bytes: number, frame: (piece: string) => string = (piece) => piece): Iterable<string> {
    const piece = 'x'.repeat(64 * 1024)
    for (let sent = 0; sent < bytes; sent += piece.length) yield frame(piece)
  }

  const chunked = (piece: string) => `${piece.length.toString(16)}\r\n${piece}\r\n`

  test.each([
    ['of a length that is said', `Content-Length: ${big}`, () => pieces(big)],
    ['in chunks', 'Transfer-Encoding: chunked', () => pieces(big, chunked)],
    ['as the last one', `Connection: close\r\nContent-Length: ${big}`, () => pieces(big)],
  ])('is a 413 in the envelope that the client comes to read: %s', async (_name, header, body) => {
    const { code, answer } = await send(header, body())
    expect(code).toBe('413')
    expect(JSON.parse(answer)).toEqual({
      status: {
        code: 413,
        is_success: false,
        user_message: 'The request body is larger than 1048576 bytes.',
        developer_message: '',
      },
      data: null,
    })
  })

  test('is cut off when it goes on and on', async () => {
    const endless = send('Transfer-Encoding: chunked', pieces(Number.POSITIVE_INFINITY, chunked))
    await expect(endless).rejects.toThrow(/ECONNRESET|EPIPE|socket/)
  }, 60_000)

  test.each([
    ['Content-Length: 5', '{"cause": "x"}', '400', /not a request/],
    ['Content-Length: five', '{}', '400', /not a request/],
    ['Content-Length: 2\r\nTransfer-Encoding: chunked', '2\r\n{}\r\n0\r\n\r\n', '400', /not a request/],
  ])('or of another length than its headers say is a 400: %s', async (header, body, expected, sentence) => {
    const { code, answer } = await send(header, [body])
    expect(code).toBe(expected)
    expect(answer).toMatch(sentence)
  })

  test('and bytes that are no UTF-8 are a 400', async () => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v2/accounts/1/jobs/1/run/`, {
      method: 'POST',
      headers: { Authorization: `Token ${api.token}`, 'Content-Type': 'application/json' },
      body: Buffer.from('{"cause": "\xff"}', 'latin1'),
    })
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ data: { body: 'Expected text in UTF-8.' } }),
    ])
  })
})
