import type { TokenGrant } from '../../../src/domain/permissions.ts'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createJob } from '../../support/rows.ts'

interface Place {
  readonly jobId: number
  readonly projectId: number
  readonly environmentId: number
  readonly runId: number
}

let api: TestApi
let mine: Place
let other: Place

beforeAll(async () => {
  api = await createTestApi()
  mine = await createPlace()
  other = await createPlace()
})
afterAll(() => api.close())

async function createPlace(): Promise<Place> {
  const jobId = await createJob(api.ctx.db)
  const { body } = await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)
  const { id: runId, project_id: projectId, environment_id: environmentId } = body.data
  return { jobId, runId, projectId, environmentId }
}

async function tokenWith(...grants: TokenGrant[]) {
  return api.as(await api.createToken(grants))
}

function everythingOf(place: Place): ['get' | 'post', string][] {
  return [
    ['get', `/api/v2/accounts/1/jobs/${place.jobId}/`],
    ['get', `/api/v2/accounts/1/jobs/${place.jobId}/artifacts/manifest.json`],
    ['get', `/api/v2/accounts/1/runs/${place.runId}/`],
    ['get', `/api/v2/accounts/1/runs/${place.runId}/artifacts/`],
    ['get', `/api/v2/accounts/1/projects/${place.projectId}/`],
    ['get', `/api/v3/accounts/1/projects/${place.projectId}/environments/`],
    ['get', `/api/v2/accounts/1/environments/${place.environmentId}/`],
    ['post', `/api/v2/accounts/1/jobs/${place.jobId}/run/`],
    ['post', `/api/v2/accounts/1/jobs/${place.jobId}/rerun/`],
    ['post', `/api/v2/accounts/1/runs/${place.runId}/retry/`],
    ['post', `/api/v2/accounts/1/runs/${place.runId}/cancel/`],
  ]
}

test('a token for one project sees nothing of another', async () => {
  const caller = await tokenWith({ permission_set: 'job_admin', project_ids: [mine.projectId] })
  for (const [method, url] of everythingOf(other)) await caller[method](url).expect(404)
  await caller.get(`/api/v2/accounts/1/runs/${mine.runId}/`).expect(200)
  await caller.post(`/api/v2/accounts/1/jobs/${mine.jobId}/run/`).expect(200)
})

test.each([
  ['runs', (place: Place) => place.runId],
  ['jobs', (place: Place) => place.jobId],
  ['projects', (place: Place) => place.projectId],
  ['environments', (place: Place) => place.environmentId],
])('its list of %s has its project only, and counts nothing else', async (name, idOf) => {
  const caller = await tokenWith({ permission_set: 'readonly', project_ids: [mine.projectId] })
  const { body } = await caller.get(`/api/v2/accounts/1/${name}/`).expect(200)
  const ids = body.data.map(({ id }: { id: number }) => id)
  expect(ids).toContain(idOf(mine))
  expect(ids).not.toContain(idOf(other))
  expect(body.extra.pagination.total_count).toBe(ids.length)
  const asked = await caller.get(`/api/v2/accounts/1/${name}/?pk=${idOf(other)}`).expect(200)
  expect(asked.body.data).toEqual([])
})

test('a token that may only read is refused what changes something', async () => {
  const caller = await tokenWith({ permission_set: 'job_viewer', project_ids: null })
  for (const [method, url] of everythingOf(mine)) {
    const { status, body } = await caller[method](url)
    if (method === 'get') expect([url, status]).toEqual([url, url.includes('manifest') ? 404 : 200])
    else {
      expect([url, status]).toEqual([url, 403])
      expect(body.status.user_message).toBe('Forbidden: Access denied')
    }
  }
})

test('permissions count in the project they were given for', async () => {
  const caller = await tokenWith(
    { permission_set: 'job_runner', project_ids: [mine.projectId] },
    { permission_set: 'job_viewer', project_ids: [other.projectId] },
  )
  await caller.post(`/api/v2/accounts/1/jobs/${mine.jobId}/run/`).expect(200)
  await caller.post(`/api/v2/accounts/1/jobs/${other.jobId}/run/`).expect(403)
  await caller.get(`/api/v2/accounts/1/jobs/${other.jobId}/`).expect(200)
  await caller.post(`/api/v2/accounts/1/jobs/999999/run/`).expect(404)
})

test('another account does not exist', async () => {
  await api.ctx.db.insertInto('accounts').values({ id: 2, name: 'Elsewhere' }).execute()
  for (const [method, url] of everythingOf(mine)) await api[method](url.replace('/1/', '/2/')).expect(404)
  await api.get('/api/v2/accounts/2/').expect(404)
})

describe('a token that may start runs', () => {
  const choices = {
    steps_override: ['dbt show --inline "select 1"'],
    schema_override: 'elsewhere',
    target_name_override: 'prod',
    dbt_version_override: '1.11.0',
  }
  const start = (caller: Awaited<ReturnType<typeof tokenWith>>, place: Place, body: object) =>
    caller.post(`/api/v2/accounts/1/jobs/${place.jobId}/run/`).send({ cause: 'x', ...body })

  test.each(Object.entries(choices))('does not choose what they execute: %s', async (name, value) => {
    const runner = await tokenWith({ permission_set: 'job_runner', project_ids: null })
    const { status, body } = await start(runner, mine, { [name]: value })
    expect([status, body.status.developer_message]).toEqual([
      403,
      `Forbidden: Access denied. This token lacks the permission runs:override, which ${name} needs.`,
    ])
    await start(runner, mine, { threads_override: 2, timeout_seconds_override: 60 }).expect(200)
    await start(runner, mine, { [name]: Array.isArray(value) ? [] : '' }).expect(200)
  })

  test.each(['job_admin', 'developer', 'job_runner_with_overrides'] as const)('does as %s', async (permission_set) => {
    const caller = await tokenWith({ permission_set, project_ids: [mine.projectId] })
    await start(caller, mine, choices).expect(200)
    await start(caller, other, choices).expect(404)
  })

  test('chooses in the projects alone for which it was given that right', async () => {
    const caller = await tokenWith(
      { permission_set: 'job_runner_with_overrides', project_ids: [mine.projectId] },
      { permission_set: 'job_runner', project_ids: null },
    )
    await start(caller, mine, choices).expect(200)
    await start(caller, other, {}).expect(200)
    await start(caller, other, choices).expect(403)
  })
})

describe('a token that may start runs retries', () => {
  /** Its job's latest run, which failed and has one artifact of results. */
  const fail = async (jobId: number, body: object) => {
    const run = (await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).send(body).expect(200)).body.data
    const { db } = api.ctx
    const ended = { status: 'error', finished_at: new Date() } as const
    await db.updateTable('runs').set(ended).where('id', '=', run.id).execute()
    const step = {
      run_id: run.id,
      index: 4,
      kind: 'command',
      name: 'Invoke dbt with `dbt build`',
      command: 'dbt build',
    } as const
    await db
      .insertInto('run_steps')
      .values({ ...step, status: 'error' })
      .execute()
    const results = { run_id: run.id, step_index: 4, path: 'run_results.json', size_bytes: 1 }
    await db
      .insertInto('run_artifacts')
      .values({ ...results, store_key: 'x' })
      .execute()
    return run.id as number
  }
  const waysToRetry = (runId: number, jobId: number) => [
    `/api/v2/accounts/1/jobs/${jobId}/rerun/`,
    `/api/v2/accounts/1/runs/${runId}/retry/`,
  ]

  test('what it could have started itself, and nothing that another token chose', async () => {
    const runner = await tokenWith({ permission_set: 'job_runner', project_ids: [mine.projectId] })
    const chooser = await tokenWith({ permission_set: 'job_runner_with_overrides', project_ids: [mine.projectId] })
    const overrides = { steps_override: ['dbt show --inline "select 1"'], schema_override: 'elsewhere' }
    const chosen = await fail(mine.jobId, overrides)
    for (const url of waysToRetry(chosen, mine.jobId)) {
      const { status, body } = await runner.post(url)
      expect([status, body.status.developer_message]).toEqual([
        403,
        `Forbidden: Access denied. This token lacks the permission runs:override, which steps_override of run ${chosen}, schema_override of run ${chosen} need.`,
      ])
    }
    for (const url of waysToRetry(chosen, mine.jobId).toReversed()) {
      const { body } = await chooser.post(url).expect(200)
      expect(body.data.trigger.steps_override).toEqual(overrides.steps_override)
      await api.ctx.db.deleteFrom('runs').where('id', '=', body.data.id).execute()
    }
    const plain = await fail(mine.jobId, { threads_override: 2 })
    await runner.post(`/api/v2/accounts/1/runs/${plain}/retry/`).expect(200)
  })
})

test('whoever may change environments does not thereby choose where their credentials are sent', async () => {
  const connection = await api
    .post(`/api/v3/accounts/1/projects/${mine.projectId}/connections/`)
    .send({ name: 'Elsewhere', type: 'postgres', details: { hostname: 'evil.example', dbname: 'x', port: 5432 } })
    .expect(201)
  const address = `/api/v3/accounts/1/projects/${mine.projectId}/environments/`
  const admin = await tokenWith({ permission_set: 'job_admin', project_ids: [mine.projectId] })
  const chosen = { connection_id: connection.body.data.id }
  const { body } = await admin.post(`${address}${mine.environmentId}/`).send(chosen).expect(403)
  expect(body.status.developer_message).toContain('connections:write, which connection_id, credentials_id need')
  await admin
    .post(address)
    .send({ name: 'New', ...chosen })
    .expect(403)
  const own = { stratus: { connection: { type: 'postgres', host: 'evil.example' } } }
  expect((await admin.post(`${address}${mine.environmentId}/`).send(own)).status).toBe(403)
  await admin.post(`${address}${mine.environmentId}/`).send({ name: 'Renamed' }).expect(200)
  const both = await tokenWith(
    { permission_set: 'job_admin', project_ids: [mine.projectId] },
    { permission_set: 'database_admin', project_ids: [mine.projectId] },
  )
  await both.post(`${address}${mine.environmentId}/`).send(chosen).expect(200)
  const shown = (await admin.get(`${address}${mine.environmentId}/`).expect(200)).body.data
  await admin
    .post(`${address}${mine.environmentId}/`)
    .send({ ...shown, name: 'As shown' })
    .expect(200)
})
