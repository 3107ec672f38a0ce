import fc from 'fast-check'
import type { RunStatus } from '../../../src/domain/runs/run-status.ts'
import { browseRuns } from '../../../src/runs/browse/browse-runs.ts'
import { countRuns } from '../../../src/runs/browse/count-runs.ts'
import type { BrowseFilters } from '../../../src/runs/browse/run-filters.ts'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createJob } from '../../support/rows.ts'

let api: TestApi
let rows: Awaited<ReturnType<typeof fill>>
beforeAll(async () => {
  api = await createTestApi()
  rows = await fill()
})
afterAll(() => api.close())

const statuses: RunStatus[] = ['success', 'error', 'cancelled', 'queued']
const causes = ['api', 'scheduled', 'ci'] as const
const path = '/api/stratus/v1/accounts/1/runs/'
const start = Date.parse('2026-01-01T00:00:00Z')

/** Runs of three jobs, in which each column takes all of its values. */
async function fill() {
  const { db } = api.ctx
  const jobIds = [await createJob(db), await createJob(db, { name: 'Hourly' }), await createJob(db)]
  const jobs = await db.selectFrom('jobs').selectAll().where('id', 'in', jobIds).orderBy('id').execute()
  const values = Array.from({ length: 240 }, (_, index) => {
    const job = jobs[index % 3] ?? { id: 0, project_id: 0, environment_id: 0 }
    return {
      ...{ account_id: 1, project_id: job.project_id, environment_id: job.environment_id, job_id: job.id },
      ...{ serial_key: `job:${job.id}`, created_at: new Date(start + index * 3_600_000) },
      status: statuses[(index * 7) % 4] ?? 'success',
      status_message: index % 5 === 0 ? `Column amont_${index} is MISSING.` : null,
      cause: index % 11 === 0 ? 'Missing data, asked for again' : 'Triggered via API',
      cause_category: causes[(index * 5) % 3] ?? 'api',
      git_branch: index % 4 === 0 ? null : `branch-${index % 5}`,
      orchestrator: index % 2 === 0 ? null : JSON.stringify({ dag_id: `dag_${index % 7}`, task_id: `t${index % 3}` }),
      node_counts: JSON.stringify({ success: 1, warn: index % 6 === 0 ? 1 : 0, error: 0, skipped: 0, running: 0 }),
    }
  })
  return db.insertInto('runs').values(values).returningAll().execute()
}

/** The same filters, asked of each row by itself. */
function isWanted(row: (typeof rows)[number], filters: BrowseFilters): boolean {
  const isIn = <T>(values: readonly T[] | undefined, value: T) => values === undefined || values.includes(value)
  const text = filters.text?.toLowerCase() ?? ''
  return (
    isIn(filters.statuses, row.status) &&
    isIn(filters.jobIds, row.job_id) &&
    isIn(filters.projectIds, row.project_id) &&
    isIn(filters.environmentIds, row.environment_id) &&
    isIn(filters.causes, row.cause_category) &&
    (filters.dagId === undefined || row.orchestrator?.dag_id === filters.dagId) &&
    (filters.taskId === undefined || row.orchestrator?.task_id === filters.taskId) &&
    (filters.branch === undefined || row.git_branch === filters.branch) &&
    `${row.status_message ?? ''} ${row.cause}`.toLowerCase().includes(text) &&
    (filters.since === undefined || row.created_at >= filters.since) &&
    (filters.until === undefined || row.created_at <= filters.until) &&
    (!filters.withWarnings || (row.node_counts?.warn ?? 0) > 0)
  )
}

async function allPages(filters: BrowseFilters, limit: number, mostScanned: number): Promise<number[]> {
  const found: number[] = []
  let before: number | undefined
  for (;;) {
    const page = await browseRuns(api.ctx.db, { accountId: 1, projectIds: null }, filters, {
      before,
      limit,
      mostScanned,
    })
    expect(page.runs.length).toBeLessThanOrEqual(limit)
    found.push(...page.runs.map(({ id }) => id))
    if (page.nextBefore === null) return found
    expect(page.nextBefore).toBeLessThan(before ?? Number.POSITIVE_INFINITY)
    before = page.nextBefore
  }
}

test('any filters, by pages of any size: every run that is asked for is listed once, the newest first, and counted', async () => {
  const some = <T>(values: readonly T[]) =>
    fc.option(fc.subarray([...values], { minLength: 1 }), { nil: undefined, freq: 1 })
  const one = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 1 })
  const distinct = (name: 'job_id' | 'project_id' | 'environment_id') => [...new Set(rows.map((row) => row[name]))]
  const moments = [0, 20, 100, 239, 500].map((hours) => new Date(start + hours * 3_600_000))
  const filters = fc.record({
    statuses: some(statuses),
    jobIds: some(distinct('job_id')),
    projectIds: some([...distinct('project_id'), 999_999]),
    environmentIds: some(distinct('environment_id')),
    causes: some(causes),
    dagId: one(['dag_1', 'dag_3', 'none']),
    taskId: one(['t0', 't1']),
    branch: one(['branch-1', 'branch-2']),
    text: one(['missing', 'AMONT_1', 'api']),
    since: one(moments),
    until: one(moments),
    withWarnings: one([true, false]),
  })
  // Mostly few filters at once: many together leave no runs.
  const fewer = fc.tuple(
    filters,
    fc.subarray(
      [
        'statuses',
        'jobIds',
        'projectIds',
        'environmentIds',
        'causes',
        'dagId',
        'taskId',
        'branch',
        'text',
        'since',
        'until',
        'withWarnings',
      ] as const,
      { maxLength: 4 },
    ),
  )
  await fc.assert(
    fc.asyncProperty(
      fewer,
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 8, max: 400 }),
      async ([all, names], limit, mostScanned) => {
        const asked: BrowseFilters = Object.fromEntries(names.map((name) => [name, all[name]]))
        const wanted = rows.filter((row) => isWanted(row, asked)).map(({ id }) => id)
        expect(await allPages(asked, limit, mostScanned)).toEqual(wanted.sort((a, b) => b - a))
        const counts = await countRuns(api.ctx.db, { accountId: 1, projectIds: null }, asked)
        const others = rows.filter((row) => isWanted(row, { ...asked, statuses: undefined }))
        expect(counts.isExact).toBe(true)
        for (const status of statuses)
          expect(counts.byStatus[status]).toBe(others.filter((row) => row.status === status).length)
        expect(counts.withWarnings).toBe(others.filter(({ node_counts }) => (node_counts?.warn ?? 0) > 0).length)
      },
    ),
    { numRuns: 40 },
  )
}, 60_000)

test('the list shows what a run is of and where to go on', async () => {
  const { body } = await api.get(`${path}?job_id=${rows[1]?.job_id}&status=error,success&limit=2`).expect(200)
  const [first] = body.data.runs
  expect(body.data.runs).toHaveLength(2)
  expect(first).toMatchObject({ job: { id: rows[1]?.job_id, name: 'Hourly' }, environment: { name: 'Production' } })
  expect(first).toMatchObject({
    counts: { success: 1, total: expect.any(Number) },
    href: expect.stringContaining(`/${first.id}`),
  })
  expect(body.data.next_before).toBe(body.data.runs[1].id)
  const next = await api.get(
    `${path}?job_id=${rows[1]?.job_id}&status=error,success&limit=2&before=${body.data.next_before}`,
  )
  expect(next.body.data.runs[0].id).toBeLessThan(body.data.next_before)
})

test('a failed run says since when its job fails and which run fixed it', async () => {
  const { db } = api.ctx
  const jobId = await createJob(db)
  const job = await db.selectFrom('jobs').selectAll().where('id', '=', jobId).executeTakeFirstOrThrow()
  const ids: number[] = []
  for (const status of ['success', 'error', 'cancelled', 'error', 'success'] as const) {
    const of = { account_id: 1, project_id: job.project_id, environment_id: job.environment_id, job_id: jobId }
    const times = { created_at: new Date(), started_at: new Date(start), finished_at: new Date(start + 60_000) }
    const run = { ...of, ...times, status, cause: 'x', cause_category: 'api' as const, serial_key: 'x' }
    ids.push((await db.insertInto('runs').values(run).returning('id').executeTakeFirstOrThrow()).id)
  }
  const { body } = await api.get(`${path}?job_id=${jobId}`).expect(200)
  const shown = body.data.runs.map((run: Record<string, unknown>) => [
    run.failing_since_run_id,
    run.last_good_run_id,
    run.fixed_by_run_id,
  ])
  const failing = [ids[1], ids[0], ids[4]]
  expect(shown).toEqual([[null, null, null], failing, [null, null, null], failing, [null, null, null]])
  expect(body.data.runs[0].usual).toEqual({ p50: 60, p95: 60, n: 2 })
})

test('the counts leave the status out, and nothing else', async () => {
  const { body } = await api.get(`${path}counts/?status=error&job_id=${rows[0]?.job_id}`).expect(200)
  const own = rows.filter(({ job_id }) => job_id === rows[0]?.job_id)
  expect(body.data).toMatchObject({
    by_status: { success: own.filter(({ status }) => status === 'success').length, running: 0, starting: 0 },
    exact: true,
  })
})

test('what was asked wrongly is named, with what was got and what is expected', async () => {
  const problemOf = async (query: string) => (await api.get(`${path}?${query}`).expect(400)).body.data
  expect(await problemOf('status=broken')).toEqual({
    status: 'Expected one of queued, starting, running, success, error, cancelled. Got "broken".',
  })
  expect(await problemOf('since=yesterday')).toEqual({
    since: 'Expected an instant such as 2024-07-03T13:59:00Z, or an age such as 30m, 24h or 7d. Got "yesterday".',
  })
  expect(await problemOf(`job_id=${Array.from({ length: 21 }, (_, index) => index + 1).join(',')}`)).toMatchObject({
    job_id: expect.stringMatching(/^Expected at most 20 ids, and not 21\./),
  })
  expect(Object.keys(await problemOf('limit=101&before=x&warn=maybe&cause_category=cron'))).toEqual(
    expect.arrayContaining(['limit', 'before', 'warn', 'cause_category']),
  )
  expect((await api.get(`${path}?since=24h&until=2020-01-01`).expect(200)).body.data).toEqual({
    runs: [],
    next_before: null,
  })
})

test('a token of some projects sees their runs alone, whatever it asks for', async () => {
  const [own, other] = [rows[0]?.project_id ?? 0, rows[1]?.project_id ?? 0]
  const caller = api.as(await api.createToken([{ permission_set: 'job_viewer', project_ids: [own] }]))
  for (const query of [
    '',
    `job_id=${rows.map(({ job_id }) => job_id).slice(0, 3)}`,
    'status=error',
    'q=api',
    'dag_id=dag_1',
  ]) {
    const { runs } = (await caller.get(`${path}?${query}`).expect(200)).body.data
    expect(new Set(runs.map((run: { project_id: number }) => run.project_id))).toEqual(new Set([own]))
  }
  expect((await caller.get(`${path}?project_id=${other}`).expect(200)).body.data.runs).toEqual([])
  const { by_status } = (await caller.get(`${path}counts/`).expect(200)).body.data
  expect(by_status.error).toBe(rows.filter(({ project_id, status }) => project_id === own && status === 'error').length)
})
