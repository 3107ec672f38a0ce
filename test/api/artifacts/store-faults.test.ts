import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { eventually } from '../../support/eventually.ts'
import { createJob } from '../../support/rows.ts'
import { type S3Proxy, startS3Proxy } from '../../support/s3-proxy.ts'
import { type S3Server, startS3Server, storeOn } from '../../support/s3-server.ts'

let server: S3Server
let proxy: S3Proxy
let folder: string
let api: TestApi
let bucket: string
let run: string
let count = 0
const large = randomBytes(3 * 2 ** 20)

beforeAll(async () => {
  server = await startS3Server()
  proxy = await startS3Proxy(server.url)
  folder = await mkdtemp(path.join(tmpdir(), 'stratus-faults-'))
})
afterAll(async () => {
  await proxy?.close()
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  bucket = `faults-${++count}`
  await server.makeBucket(bucket)
  api = await createTestApi('postgres', { artifacts: storeOn(proxy.url, { bucket, spoolFolder: folder }) })
  run = await endedRun()
})
afterEach(async () => {
  proxy.mend()
  await api.close()
})

/** A run with one step that has ended, its log and its files; answers the run's address. */
async function endedRun(): Promise<string> {
  const { db, artifacts } = api.ctx
  const jobId = await createJob(db)
  const { body } = await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)
  const run_id: number = body.data.id
  const log = `logs/${run_id}/1/console.log`
  await db
    .insertInto('run_steps')
    .values({ run_id, index: 1, kind: 'command', name: 'dbt build', status: 'success', console_log_key: log })
    .execute()
  await artifacts.put(log, 'Finished well\n')
  for (const [name, content] of Object.entries({ 'small.json': '{"a":1}', 'large.bin': large })) {
    const store_key = `runs/${run_id}/1/1/${name}`
    const { size } = await artifacts.put(store_key, content)
    const file = { run_id, step_index: 1, path: name, size_bytes: size, store_key }
    await db.insertInto('run_artifacts').values(file).execute()
  }
  return `/api/v2/accounts/1/runs/${run_id}`
}

const stratusPath = (address: string) => address.replace('/api/v2/', '/api/stratus/v1/')

/** Each of these reads the store. */
const reads = (): string[] => [
  `${run}/artifacts/small.json`,
  `${run}/artifacts/large.bin`,
  `${run}/?include_related=["run_steps"]`,
  `${stratusPath(run)}/steps/1/log/`,
]

test.each<[string, () => unknown, string]>([
  [
    'is too busy',
    () => proxy.break({ kind: 'refusal', status: 503, code: 'SlowDown' }),
    'S3 cannot be used (SlowDown)',
  ],
  [
    'refuses',
    () => proxy.break({ kind: 'refusal', status: 403, code: 'AccessDenied' }),
    'S3 cannot be used (AccessDenied)',
  ],
  [
    'has lost the bucket',
    () => proxy.break({ kind: 'refusal', status: 404, code: 'NoSuchBucket' }),
    'S3 cannot be used (NoSuchBucket)',
  ],
  ['says nothing', () => proxy.break({ kind: 'silence' }), 'no answer within 2 s'],
])(
  'while S3 %s, what is read from it answers 503 with Retry-After, and all else goes on',
  async (_fault, takeAway, said) => {
    takeAway()
    const answers = await Promise.all(reads().map((url) => api.get(url)))
    for (const { status, headers, body, text } of answers) {
      expect([status, headers['retry-after'], headers.etag]).toEqual([503, '5', undefined])
      expect(body.status).toMatchObject({ code: 503, is_success: false })
      expect(body.status.user_message).toContain('store of artifacts')
      expect(text).not.toContain('123456789012')
    }
    await eventually('readiness says so and does not depend on it', async () => {
      const { status, body } = await api.get('/health/ready')
      return status === 200 && body.status === 'degraded' && body.checks.artifact_store === said
    })
    await api.get(`${run}/`).expect(200)
    await api.get(`${run}/artifacts/`).expect(200)
    proxy.mend()
    for (const url of reads()) await api.get(url).expect(200)
  },
  60_000,
)

test('a file that is another than was stored is said to be damaged, with an id that the log has', async () => {
  proxy.break({ kind: 'damage', at: 14 })
  const { body, headers } = await api.get(`${run}/artifacts/small.json`).expect(500)
  expect(body.status.user_message).toContain('damaged')
  expect(body.status.developer_message).toContain(headers['x-request-id'])
  expect([headers.etag, headers['retry-after']]).toEqual([undefined, undefined])
})

describe('a file that breaks while it is sent', () => {
  let url: string
  let close: () => void
  beforeEach(async () => {
    const listening = createServer(api.app).listen(0, '127.0.0.1')
    await once(listening, 'listening')
    const address = listening.address()
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}${run}/artifacts/large.bin`
    close = () => {
      listening.close()
      listening.closeAllConnections()
    }
  })
  afterEach(() => close())

  const download = async (range?: string) => {
    const headers = { Authorization: `Token ${api.token}`, ...(range !== undefined && { Range: range }) }
    const answer = await fetch(url, { headers })
    return { status: answer.status, content: answer.arrayBuffer() }
  }

  test.each([
    ['in the middle', 'cut', 2 * 2 ** 20],
    ['because of a byte in the middle', 'damage', 2 * 2 ** 20],
    ['because of its last byte', 'damage', large.length - 1],
  ] as const)('%s ends with its connection, and is never the whole', async (_where, kind, at) => {
    expect(Buffer.from(await (await download()).content).equals(large)).toBe(true)
    proxy.break({ kind, at })
    for (const range of [undefined, `bytes=${2 ** 20}-`]) {
      const { status, content } = await download(range)
      expect(status).toBe(range === undefined ? 200 : 206)
      await expect(content).rejects.toThrow()
    }
  })
})
