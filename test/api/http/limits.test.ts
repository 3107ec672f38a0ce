import { sql } from 'kysely'
import request from 'supertest'
import { waitingOfJob, waitingOfToken } from '../../../src/queue/waiting-runs.ts'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createJob } from '../../support/rows.ts'

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

describe('as many triggers at one moment as there are', () => {
  const url = (job: number) => `/api/v2/accounts/1/jobs/${job}/run/`
  const statusesOf = async (api: TestApi, job: number, count: number) => {
    const answers = await Promise.all(Array.from({ length: count }, () => api.post(url(job))))
    return answers.map(({ status }) => status).sort()
  }

  test.each([
    ['of a job', { perJob: 5, perToken: 0 }],
    ['of a token', { perJob: 0, perToken: 5 }],
    ['of both', { perJob: 5, perToken: 6 }],
  ])('no more wait than may: %s', async (_what, queueLimits) => {
    const api = await createTestApi('postgres', { queueLimits })
    const job = await createJob(api.ctx.db)
    expect(await statusesOf(api, job, 20)).toEqual([...Array(5).fill(200), ...Array(15).fill(429)])
    await api.close()
  })

  test('no more wait than may where most of them count on their own', async () => {
    const api = await createTestApi('postgres', { queueLimits: { perJob: 203, perToken: 0 } })
    const job = await createJob(api.ctx.db)
    await fill(api, job, { runs: 190, tokenId: null })
    expect(await statusesOf(api, job, 20)).toEqual([...Array(13).fill(200), ...Array(7).fill(429)])
    await api.close()
  })

  test('what a trigger reads does not grow with what waits for others', async () => {
    const api = await createTestApi()
    const { db } = api.ctx
    const job = await createJob(db)
    // Each of 20 other jobs, and each of 4 tokens, has as many waiting as it may.
    for (let other = 0; other < 20; other++) {
      await fill(api, await createJob(db), { runs: 2_000, tokenId: 100 + (other % 4) })
    }
    await fill(api, job, { runs: 10, tokenId: 1 })
    await sql`analyze runs`.execute(db)
    const counts = sql`${waitingOfJob(2_000)}, ${waitingOfToken(1, 10_000)}`
    const { rows } = await sql<{ 'QUERY PLAN': string }>`
      explain (analyze, timing off, costs off) select ${counts} from jobs where jobs.id = ${job}
    `.execute(db)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toMatch(/(using|on) runs_waiting_by_job/)
    expect(plan).toMatch(/(using|on) runs_waiting_by_token/)
    expect(plan).not.toMatch(/Seq Scan on runs|Rows Removed by Filter|rows=\d{3}/)
    await api.close()
  })

  /** Runs that wait, of a token or of the scheduler. */
  async function fill(
    { ctx: { db } }: TestApi,
    job: number,
    { runs, tokenId }: { runs: number; tokenId: number | null },
  ) {
    const by = JSON.stringify(tokenId === null ? { type: 'system', id: null } : { type: 'service_token', id: tokenId })
    await sql`
      insert into runs (account_id, project_id, environment_id, job_id, cause, cause_category, overrides, serial_key, triggered_by)
      select account_id, project_id, environment_id, id, 'x', 'api', '{}', 'job:' || id, ${by}::jsonb
      from jobs, generate_series(1, ${runs})
      where id = ${job}
    `.execute(db)
  }
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
