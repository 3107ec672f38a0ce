import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { createDiskStore } from '../../src/artifacts/disk/disk-store.ts'
import { createTestApi, type TestApi } from '../support/api-server.ts'

let api: TestApi
let storeFolder: string
beforeEach(async () => {
  storeFolder = await mkdtemp(path.join(tmpdir(), 'stratus-health-'))
  api = await createTestApi('postgres', { artifacts: createDiskStore(storeFolder) })
})
afterEach(async () => {
  await api.close()
  await rm(storeFolder, { recursive: true, force: true })
})

/** It has nobody's token: health needs none. Answers are compared with openapi/ as all others are. */
const get = (url: string) => api.as('nobody').get(url)

const allWell = { database: 'ok', migrations: 'ok', data_folder: 'ok', artifact_store: 'ok', server: 'ok' }

test('liveness says that the process is up, to anybody', async () => {
  const { body, headers } = await get('/health/live').expect(200)
  expect(body).toEqual({ status: 'ok' })
  expect(headers['cache-control']).toBe('no-store')
})

test('readiness says what a server needs, to anybody', async () => {
  const { body, headers } = await get('/health/ready').expect(200)
  expect(body).toEqual({ status: 'ok', checks: allWell })
  expect(headers['cache-control']).toBe('no-store')
})

test('the usual address for health says the same as readiness', async () => {
  expect((await get('/healthz').expect(200)).body).toEqual({ status: 'ok', checks: allWell })
})

test.each(['/health/ready', '/healthz'])(
  '%s says what is missing, and when to ask again; the process is up',
  async (url) => {
    await rm(api.folder, { recursive: true })
    await sql`delete from schema_migrations where name = (select max(name) from schema_migrations)`.execute(api.ctx.db)
    const { body, headers } = await get(url).expect(503)
    const missing = { migrations: '1 to apply: run "stratus migrate"', data_folder: 'cannot be written to (ENOENT)' }
    expect(body).toEqual({ status: 'unavailable', checks: { ...allWell, ...missing } })
    expect(headers['retry-after']).toBe('2')
    await get('/health/live').expect(200)
  },
)

test('a store of artifacts that cannot be used is told by its kind and a code, and the server is ready all the same', async () => {
  await mkdir(path.join(storeFolder, '.writable'))
  const { body, text } = await get('/health/ready').expect(200)
  const artifact_store = 'disk cannot be used (EISDIR)'
  expect(body).toEqual({ status: 'degraded', checks: { ...allWell, artifact_store } })
  expect(text).not.toContain(storeFolder)
})
