import { createTestApi, type TestApi } from '../support/api-server.ts'
import { databaseKinds } from '../support/database/test-database.ts'
import { createJob } from '../support/rows.ts'

describe.each(databaseKinds)('lists on %s', (kind) => {
  let api: TestApi
  let jobId: number
  let otherJobId: number
  /** Ids of the runs by their names here. */
  const ids: Record<string, number> = {}

  beforeAll(async () => {
    api = await createTestApi(kind)
    const { db } = api.ctx
    jobId = await createJob(db, { name: 'Nightly 100%' })
    otherJobId = await createJob(db, { name: 'Hourly', state: 1, trigger_schedule: true })
    const { project_id, environment_id } = await db
      .selectFrom('jobs')
      .select(['project_id', 'environment_id'])
      .where('id', '=', jobId)
      .executeTakeFirstOrThrow()
    const shared = {
      account_id: 1,
      project_id,
      environment_id,
      cause: 'test',
      cause_category: 'api',
      serial_key: 'x',
    } as const
    const rows = [
      ['queued', { status: 'queued', created_at: '2026-01-04 00:00:00+00' }],
      ['running', { status: 'running', created_at: '2026-01-03 00:00:00+00' }],
      [
        'old success',
        { status: 'success', created_at: '2026-01-01 00:00:00+00', finished_at: '2026-01-01 01:00:00.1234+00' },
      ],
      [
        'success',
        {
          status: 'success',
          created_at: '2026-01-02 00:00:00+00',
          finished_at: '2026-01-02 01:00:00+00',
          dbt_version: '1.10.1',
        },
      ],
      ['error', { status: 'error', created_at: '2026-01-02 00:00:00+00', finished_at: '2026-01-02 02:00:00+00' }],
    ] as const
    for (const [name, values] of rows) {
      const run = await db
        .insertInto('runs')
        .values({ ...shared, job_id: jobId, overrides: '{}', ...values })
        .returning('id')
        .executeTakeFirstOrThrow()
      ids[name] = run.id
    }
    const other = await api.post(`/api/v2/accounts/1/jobs/${otherJobId}/run/`).send({ cause: 'test' }).expect(200)
    ids.other = other.body.data.id
  })
  afterAll(() => api.close())

  async function names(query: string): Promise<string[]> {
    const { body } = await api.get(`/api/v2/accounts/1/runs/?${query}`).expect(200)
    return body.data.map((run: { id: number }) => Object.keys(ids).find((name) => ids[name] === run.id))
  }

  test.each([
    ['', ['queued', 'running', 'old success', 'success', 'error', 'other']],
    ['order_by=-id', ['other', 'error', 'success', 'old success', 'running', 'queued']],
    ['order_by=created_at&job_definition_id=JOB', ['old success', 'success', 'error', 'running', 'queued']],
    ['order_by=-created_at&job_definition_id=JOB', ['queued', 'running', 'error', 'success', 'old success']],
    ['order_by=finished_at', ['old success', 'success', 'error', 'queued', 'running', 'other']],
    ['order_by=-finished_at', ['error', 'success', 'old success', 'other', 'running', 'queued']],
    ['job_definition_id=JOB&order_by=-created_at&limit=1', ['queued']],
    ['job_definition_id=JOB&status=10&order_by=-finished_at&limit=1', ['success']],
    ['status__in=%5B1%2C+2%2C+3%5D', ['queued', 'running', 'other']],
    ['status__in=[1, 3]', ['queued', 'running', 'other']],
    ['status__in=10,20', ['old success', 'success', 'error']],
    ['status__in=10&status__in=20', ['old success', 'success', 'error']],
    ['status__in=[10]&status=20', []],
    ['pk__in=[OLD]', ['old success']],
    ['dbt_version__in=["1.10.1", "1.9"]', ['success']],
    ['dbt_version=latest', ['queued', 'running', 'old success', 'error', 'other']],
    ['dbt_version__in=["1.10.1", "latest"]&status=10', ['old success', 'success']],
    ['project_id__in=[999999]', []],
    ['id__gt=OLD', ['success', 'error', 'other']],
    ['created_at__range=["2026-01-02T00:00:00+00:00", "2026-01-03T00:00:00Z"]', ['running', 'success', 'error']],
    ['created_at__range=2026-01-02,2026-01-02', ['success', 'error']],
    ['finished_at__range=["2026-01-01T01:00:00.123000+00:00","2026-01-01T01:00:00.123000+00:00"]', ['old success']],
    ['finished_at__range=["2026-01-02 03:00:00+02:00","2026-01-02 03:00:00%2B0200"]', ['success']],
    ['limit=2&offset=1', ['running', 'old success']],
    ['account_id=1&page=3&nobody=knows&state=all', ['queued', 'running', 'old success', 'success', 'error', 'other']],
    ['limit=&status=&order_by=', ['queued', 'running', 'old success', 'success', 'error', 'other']],
    ['has_docs_generated=True', []],
  ])('runs/?%s', async (query, expected) => {
    const filled = query.replace('JOB', String(jobId)).replace('OLD', String(ids['old success']))
    expect(await names(filled)).toEqual(expected)
  })

  test('a page tells what it was asked for and how many there are', async () => {
    const { body } = await api
      .get(`/api/v2/accounts/1/runs/?limit=2&offset=4&status__in=[1,3]&job_definition_id=${jobId}&order_by=-id`)
      .expect(200)
    expect(body.extra).toEqual({
      filters: { limit: 2, offset: 4, account_id: 1, job_definition_id: jobId, status__in: [1, 3], state: 'all' },
      order_by: '-id',
      pagination: { count: 0, total_count: 2 },
    })
    const clamped = await api.get('/api/v2/accounts/1/runs/?limit=500').expect(200)
    expect(clamped.body.extra).toMatchObject({
      filters: { limit: 100, offset: 0 },
      pagination: { count: 6, total_count: 6 },
    })
    const empty = await api.get('/api/v2/accounts/1/runs/?pk=999999').expect(200)
    expect(empty.body.extra.pagination).toEqual({ count: 0, total_count: 0 })
  })

  test("Airflow's way through the pages finds everything once", async () => {
    const seen: number[] = []
    const limit = 2
    let total = 1
    for (let offset = 0; seen.length < total; offset += limit) {
      const { body } = await api.get(`/api/v2/accounts/1/runs/?limit=${limit}&offset=${offset}&order_by=-created_at`)
      total = body.extra.pagination.total_count
      seen.push(...body.data.map((run: { id: number }) => run.id))
    }
    expect(seen.toSorted((a, b) => a - b)).toEqual(Object.values(ids))
  })

  test.each([
    ['status=X', 'status', /one of 1, 2, 3, 10, 20, 30\. Got "X"/],
    ['status__in=[1, X]', 'status__in', /Got "\[1, X\]"/],
    ['limit=abc', 'limit', /whole number/],
    ['limit=0', 'limit', /at least 1/],
    ['limit=99999999999999999999', 'limit', /whole number/],
    ['offset=-1', 'offset', /at least 0/],
    ['order_by=nothing', 'order_by', /one of id, -id/],
    ['order_by=id;drop table runs', 'order_by', /one of/],
    ['job_definition_id=1.5', 'job_definition_id', /whole number/],
    ['created_at__range=yesterday', 'created_at__range', /ISO 8601/],
    ['created_at__range=2026-01-01', 'created_at__range', /two instants/],
    ['created_at__range=2026-13-01,2026-13-02', 'created_at__range', /ISO 8601/],
    ['has_docs_generated=perhaps', 'has_docs_generated', /true or false/],
    ['dbt_version=%00', 'dbt_version', /NUL/],
  ])('runs/?%s is a 400 that names the parameter', async (query, name, sentence) => {
    const { body } = await api.get(`/api/v2/accounts/1/runs/?${query}`).expect(400)
    expect(body.data[name]).toMatch(sentence)
  })

  test('jobs are found by name, project, environment, schedule and state', async () => {
    const found = async (query: string) => {
      const { body } = await api.get(`/api/v2/accounts/1/jobs/?${query}`).expect(200)
      return body.data.map((job: { name: string }) => job.name)
    }
    expect(await found('')).toEqual(['Nightly 100%', 'Hourly'])
    expect(await found('name__icontains=NIGHT&order_by=-id')).toEqual(['Nightly 100%'])
    expect(await found('name__icontains=0%25')).toEqual(['Nightly 100%'])
    expect(await found('name__icontains=_')).toEqual([])
    expect(await found('order_by=name')).toEqual(['Hourly', 'Nightly 100%'])
    expect(await found('triggers_schedule=true')).toEqual(['Hourly'])
    expect(await found('project_id=999999')).toEqual([])
    expect(await found('state=deleted')).toEqual([])
    expect(await found('is_system=true')).toEqual([])
    expect(await found('is_system=false&state=1')).toEqual(['Nightly 100%', 'Hourly'])
    const { body } = await api.get('/api/v2/accounts/1/jobs/?name__icontains=night').expect(200)
    expect(body.extra.filters).toEqual({
      limit: 100,
      offset: 0,
      account_id: 1,
      state: 'active',
      name__icontains: 'night',
    })
  })

  test('jobs come with their environment and newest runs when asked', async () => {
    const include = `include_related=['environment','most_recent_run','most_recent_completed_run']`
    const { body } = await api.get(`/api/v2/accounts/1/jobs/?${include}&project_id__in=[1]`).expect(200)
    expect(body.data[0]).toMatchObject({
      id: jobId,
      environment: { name: 'Production', jobs: null, connection: { type: 'unknown' } },
      most_recent_run: { id: ids.error },
      most_recent_completed_run: { id: ids.error },
    })
    const plain = await api.get(`/api/v2/accounts/1/jobs/${otherJobId}`).expect(200)
    expect(plain.body.data).toMatchObject({ environment: null, most_recent_run: null })
  })

  test('a job tells its schedule and when it runs next', async () => {
    const nextRun = new Date(Date.now() + 3 * 3_600_000 + 30_000)
    const id = await createJob(api.ctx.db, {
      trigger_schedule: true,
      schedule: JSON.stringify({
        date: { type: 'days_of_week', days: [1, 5] },
        time: { type: 'at_exact_hours', hours: [6] },
      }),
      schedule_cron: '0 6 * * 1,5',
      next_run_at: nextRun,
    })
    const { body } = await api.get(`/api/v2/accounts/1/jobs/${id}/`).expect(200)
    expect(body.data).toMatchObject({
      schedule: {
        cron: '0 6 * * 1,5',
        date: { type: 'days_of_week', days: [1, 5] },
        time: { type: 'at_exact_hours', hours: [6] },
      },
      triggers: { schedule: true },
      cron_humanized: 'At 06:00, only on Monday, Friday',
      next_run: nextRun.toISOString().replace('Z', '000+00:00'),
      next_run_humanized: '3 hours from now',
    })
  })
})
