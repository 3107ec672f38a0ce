import { once } from 'node:events'
import net from 'node:net'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { type ListeningServer, listen } from '../../support/listening-server.ts'
import { createJob } from '../../support/rows.ts'

describe('over a socket', () => {
  let api: TestApi
  let server: ListeningServer
  let jobId: number
  beforeAll(async () => {
    api = await createTestApi()
    jobId = await createJob(api.ctx.db)
    server = await listen(api.app, { headersTimeout: 300, requestTimeout: 600 })
  })
  afterAll(async () => {
    await server.close()
    await api.close()
  })

  test('paths that leave a run are a 404 however they are written', async () => {
    const { body } = await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)
    const base = `/api/v2/accounts/1/runs/${body.data.id}/artifacts`
    for (const tail of [
      '../../../../../../etc/passwd',
      '..%2f..%2fetc%2fpasswd',
      '%2e%2e/%2e%2e/etc/passwd',
      '%2e%2e%2fmanifest.json',
      './manifest.json',
      '/etc/passwd',
      '%2fetc%2fpasswd',
      '..\\..\\etc\\passwd',
      'manifest.json%00',
      '%c0%ae%c0%ae/etc/passwd',
      '%zz',
    ]) {
      const answer = await server.send(
        `GET ${base}/${tail} HTTP/1.1\r\nHost: x\r\nAuthorization: Token ${api.token}\r\nConnection: close\r\n\r\n`,
      )
      expect([tail, answer.split('\r\n', 1)[0]]).toEqual([tail, 'HTTP/1.1 404 Not Found'])
      expect(answer).toContain('"is_success":false')
    }
  })

  test('clients that send half a request are let go, and hold nobody', async () => {
    const half = `POST /api/v2/accounts/1/jobs/${jobId}/run/ HTTP/1.1\r\nHost: x\r\nAuthorization: Token ${api.token}\r\n`
    const slow = [server.send('GET / HT'), server.send(`${half}Content-Length: 100\r\n\r\n{"cause": "`)]
    const { status } = await fetch(`http://127.0.0.1:${server.port}/healthz`)
    expect(status).toBe(200)
    const answers = await Promise.all(slow)
    expect(answers.map((answer) => answer.split('\r\n', 1)[0])).toEqual([
      'HTTP/1.1 408 Request Timeout',
      'HTTP/1.1 408 Request Timeout',
    ])
  }, 20_000)

  test('headers have a bound', async () => {
    const answer = await server.send(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 431 /)
  })
})

describe('what is no request at all is answered in the envelope', () => {
  let server: ListeningServer
  beforeAll(async () => {
    server = await listen(undefined)
  })
  afterAll(() => server.close())

  test.each([
    [
      'too many headers',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`,
      431,
      /larger than 32768 bytes/,
    ],
    ['something else', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 400, /not a request/],
  ])('%s', async (_name, text, code, sentence) => {
    const answer = await server.send(text)
    const [head = '', body = ''] = answer.split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${code} `))
    expect(JSON.parse(body)).toMatchObject({ status: { code, is_success: false }, data: null })
    expect(JSON.parse(body).status.user_message).toMatch(sentence)
  })
})

describe('a body that is larger than its bound', () => {
  let api: TestApi
  let server: ListeningServer
  const big = 30 * 1024 * 1024
  beforeAll(async () => {
    api = await createTestApi()
    server = await listen(api.app)
  })
  afterAll(async () => {
    await server.close()
    await api.close()
  })

  /** Writes all of its text before it reads any answer, as Python's clients do. */
  async function send(header: string, body: Iterable<string>): Promise<{ code: string; answer: string }> {
    const socket = net.connect(server.port, '127.0.0.1')
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
    const response = await fetch(`http://127.0.0.1:${server.port}/api/v2/accounts/1/jobs/1/run/`, {
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
