import { rm } from 'node:fs/promises'
import request from 'supertest'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { createTestApi, type TestApi } from '../support/api-server.ts'
import { type DatabaseProxy, startDatabaseProxy } from '../support/database/database-proxy.ts'
import { createTestDatabase } from '../support/database/test-database.ts'
import { eventually } from '../support/eventually.ts'
import { createJob } from '../support/rows.ts'

let direct: Database
let proxy: DatabaseProxy
let api: TestApi
let jobId: number
beforeEach(async () => {
  direct = await createTestDatabase()
  jobId = await createJob(direct.db)
  proxy = await startDatabaseProxy(direct.url ?? '')
  const patienceMs = { connection: 500, answer: 500 }
  const database = await openDatabase({ kind: 'postgres', url: proxy.url, poolSize: 4, patienceMs })
  api = await createTestApi('postgres', { database, heldPolls: { seconds: 30 } })
})
afterEach(async () => {
  await api.close()
  await proxy.close()
  await direct.close()
})

const ready = () => request(api.app).get('/health/ready')
const untilReady = () => eventually('it can serve again', async () => (await ready()).status === 200)

describe.each([
  ['refuses connections', () => proxy.refuse()],
  ['says nothing any more', async () => proxy.silence()],
])('while the database %s', (_how, takeAway) => {
  test('requests answer 503 with Retry-After in the envelope, and succeed when it is back', async () => {
    await api.get('/api/v2/accounts/1/jobs/').expect(200)
    await takeAway()
    const all = [
      api.get('/api/v2/accounts/1/jobs/'),
      api.get(`/api/v2/accounts/1/runs/?job_definition_id=${jobId}`),
      api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`),
      api.as('a-token-that-nobody-has-looked-up').get('/api/v2/accounts/1/jobs/'),
      request(api.app).get('/').set('Accept', '*/*').set('Authorization', `Token ${api.token}`),
    ]
    for (const { status, headers, body } of await Promise.all(all)) {
      expect([status, headers['retry-after']]).toEqual([503, '5'])
      expect(body.status).toMatchObject({ code: 503, is_success: false })
      expect(body.status.user_message).toContain('cannot reach its database')
    }
    await proxy.restore()
    await eventually('it answers again', async () => (await api.get('/api/v2/accounts/1/jobs/')).status === 200)
  })

  test('it is alive and not ready, says why, and asks no more often for more who ask', async () => {
    await ready().expect(200)
    await takeAway()
    await eventually('it is not ready', async () => (await ready()).status === 503)
    const { body, headers } = await ready().expect(503)
    expect(headers['retry-after']).toBeDefined()
    expect(body.status).toBe('unavailable')
    expect(body.checks).toMatchObject({ data_folder: 'ok', server: 'ok' })
    expect(body.checks.database).toMatch(
      /^the database cannot be used: (nothing listens there|.*(cut|answer in time))$/,
    )
    await request(api.app).get('/health/live').expect(200, { status: 'ok' })
    await Promise.all(Array.from({ length: 50 }, () => ready().expect(503)))
    expect(proxy.open).toBeLessThanOrEqual(3) // one is of Reachability, which asks by itself
    await proxy.restore()
    await untilReady()
  })
})

test('a poll that is held stays held while the database is away for a moment', async () => {
  const { body } = await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)
  const held = api
    .get(`/api/v2/accounts/1/runs/${body.data.id}/`)
    .set('User-Agent', 'apache-airflow-providers-dbt-cloud-v4.0.0')
    .then((answer) => answer)
  await eventually('the poll is held', () => api.ctx.heldPolls.count === 1)
  await proxy.refuse()
  // It looks at once then, in vain.
  api.ctx.wakeUp.publish({ kind: 'ended', runId: body.data.id })
  expect(api.ctx.heldPolls.count).toBe(0)
  await eventually('it is held again', () => api.ctx.heldPolls.count === 1)
  await direct.db
    .updateTable('runs')
    .set({ status: 'cancelled', finished_at: new Date() })
    .where('id', '=', body.data.id)
    .execute()
  await proxy.restore()
  const { status, body: ended } = await held
  expect([status, ended.data.status]).toEqual([200, 30])
}, 20_000)

describe('a server is not ready', () => {
  test('without a migration', async () => {
    await direct.pool.query(
      'delete from schema_migrations where version = (select max(version) from schema_migrations)',
    )
    const { body } = await ready().expect(503)
    expect(body.checks).toMatchObject({ database: 'ok', migrations: '1 to apply: run "stratus migrate"' })
  })

  test('with a folder that it cannot write to', async () => {
    await rm(api.folder, { recursive: true })
    const { body } = await ready().expect(503)
    expect(body.checks).toMatchObject({ database: 'ok', data_folder: 'cannot be written to (ENOENT)' })
  })

  test('with a database that takes no changes, and changes are refused until it does', async () => {
    const name = new URL(proxy.url).pathname.slice(1)
    await direct.pool.query(`alter database ${name} set default_transaction_read_only = on`)
    await proxy.refuse()
    await proxy.restore()
    const { body } = await eventually('a new connection is made', async () => {
      const answer = await ready()
      return /takes no changes/.test(answer.body.checks?.database) && answer
    })
    expect(body.status).toBe('unavailable')
    await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(503)
  })
})
