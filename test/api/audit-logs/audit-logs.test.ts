import { fireSchedules } from '../../../src/scheduler/fire-schedules.ts'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createJob } from '../../support/rows.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const entries = async (query = '') =>
  (await api.get(`/api/v3/accounts/1/audit-logs/?${query}`).expect(200)).body.data as Array<Record<string, never>>

test('whoever triggers and whoever cancels is in the audit log and at the run', async () => {
  const jobId = await createJob(api.ctx.db)
  const airflow = api.as(await api.createToken([{ permission_set: 'job_admin', project_ids: null }]))
  const { id } = (await airflow.get('/api/v2/whoami/')).body.data.user
  const run = (await airflow.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)).body.data
  expect(run.audit).toBeNull()
  await api.post(`/api/v2/accounts/1/runs/${run.id}/cancel/`).expect(200)
  await api.post(`/api/v2/accounts/1/runs/${run.id}/cancel/`).expect(200)

  const { body } = await api.get(`/api/v2/accounts/1/runs/${run.id}/?include_related=audit`).expect(200)
  expect(body.data.audit).toEqual({
    trigger: { actor: { id: String(id), type: 'service_token', name: 'test' } },
    cancellation: { actor: { id: '1', type: 'service_token', name: 'test' } },
    upstream_run_id: null,
    orchestrator: null,
  })
  const listed = await api.get(`/api/v2/accounts/1/runs/?pk=${run.id}&include_related=["audit"]`).expect(200)
  expect(listed.body.data[0].audit).toEqual(body.data.audit)

  const [cancelled, triggered] = await entries('limit=2')
  expect(cancelled).toMatchObject({
    event_label: 'Cancel Run',
    event_type: 'cancel_run',
    method: 'POST',
    actor_id: 1,
    event_context: { target_id: run.id, job_id: jobId, project_id: run.project_id, status: 200 },
  })
  expect(triggered).toMatchObject({
    event_label: 'Trigger Job Run',
    method: 'POST',
    source: 'api',
    actor: { id: String(id), type: 'service_token', name: 'test' },
    event_context: { target_id: run.id, cause_category: 'api' },
  })
  expect(triggered?.actor_ip).toMatch(/127\.0\.0\.1|::1/)
})

test.each([
  [
    "Airflow's sentence",
    "Triggered via Apache Airflow by task 'load.run_job' in the nightly DAG.",
    { dag_id: 'nightly', task_id: 'load.run_job', lineage: null },
  ],
  [
    "OpenLineage's ids",
    JSON.stringify({
      parent: { run: { runId: '01a1fe8b' }, job: { namespace: 'airflow', name: 'nightly.run_job' } },
      root: { run: { runId: '01a1fe8a' }, job: { namespace: 'airflow', name: 'nightly' } },
    }),
    {
      dag_id: 'nightly',
      task_id: 'run_job',
      lineage: {
        parent: { namespace: 'airflow', job_name: 'nightly.run_job', run_id: '01a1fe8b' },
        root: { namespace: 'airflow', job_name: 'nightly', run_id: '01a1fe8a' },
      },
    },
  ],
  [
    'a cause that cannot be stored as it reads',
    '{"parent":{"run":{"runId":"\\u0000"},"job":{"namespace":"a","name":"b.c"}}}',
    null,
  ],
])('the task that asked for a run is read from %s', async (_what, cause, orchestrator) => {
  const jobId = await createJob(api.ctx.db)
  const run = (await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).send({ cause }).expect(200)).body.data
  expect(run.trigger.cause).toBe(cause)
  const { body } = await api.get(`/api/v2/accounts/1/runs/${run.id}/?include_related=audit`).expect(200)
  expect(body.data.audit.orchestrator).toEqual(orchestrator)
})

test('a run that the end of another started names it', async () => {
  const awaited = await createJob(api.ctx.db, { name: 'First' })
  const upstream = (await api.post(`/api/v2/accounts/1/jobs/${awaited}/run/`).expect(200)).body.data
  const condition = { job_id: awaited, project_id: upstream.project_id, statuses: [30] }
  const jobId = await createJob(api.ctx.db, { job_completion_trigger: JSON.stringify({ condition }) })
  await api.post(`/api/v2/accounts/1/runs/${upstream.id}/cancel/`).expect(200)
  const query = `job_definition_id=${jobId}&include_related=["trigger","audit"]`
  const { body } = await api.get(`/api/v2/accounts/1/runs/?${query}`).expect(200)
  expect(body.data).toHaveLength(1)
  expect(body.data[0].trigger).toMatchObject({
    cause: `Run ${upstream.id} of job "First" (${awaited}) was cancelled`,
    cause_category: 'job completion',
  })
  expect(body.data[0].audit).toEqual({
    trigger: { actor: { id: null, type: 'system', name: 'Job completion' } },
    cancellation: null,
    upstream_run_id: upstream.id,
    orchestrator: null,
  })
})

test('a retry names who asked for it', async () => {
  const jobId = await createJob(api.ctx.db)
  const rerun = (await api.post(`/api/v2/accounts/1/jobs/${jobId}/rerun/`).expect(200)).body.data
  const [entry] = await entries('limit=1')
  expect(entry).toMatchObject({
    event_label: 'Retry Failed Job',
    method: 'POST',
    event_context: { target_id: rerun.id },
  })
})

test('runs of the schedule are the scheduler’s', async () => {
  const jobId = await createJob(api.ctx.db, {
    trigger_schedule: true,
    schedule_cron: '* * * * *',
    next_run_at: new Date(Date.now() - 60_000),
  })
  await fireSchedules(api.ctx)
  const { body } = await api
    .get(`/api/v2/accounts/1/runs/?job_definition_id=${jobId}&include_related=audit`)
    .expect(200)
  expect(body.data[0].audit.trigger.actor).toEqual({ id: null, type: 'system', name: 'Scheduler' })
  const [entry] = await entries('limit=1')
  expect(entry).toMatchObject({ source: 'system', method: null, actor_name: 'Scheduler', actor_id: null })
})

test('a change is recorded with the names of its fields, never with their values', async () => {
  const made = await api
    .post('/api/stratus/v1/tokens/')
    .send({ name: 'very-particular-name', grants: [{ permission_set: 'readonly' }] })
    .expect(201)
  const [entry] = await entries('limit=1')
  expect(entry).toMatchObject({
    event_label: 'Create Token',
    event_context: { target_id: made.body.data.id, status: 201, fields: ['name', 'grants'] },
  })
  expect(JSON.stringify(entry)).not.toContain('very-particular-name')
  await api.delete(`/api/stratus/v1/tokens/${made.body.data.id}/`).expect(200)
  expect((await entries('limit=1'))[0]).toMatchObject({
    method: 'DELETE',
    event_context: { token_id: String(made.body.data.id) },
  })
})

test('what was refused, and a dry run, leave no entry', async () => {
  const before = await entries('limit=1')
  await api.post('/api/stratus/v1/tokens/').send({ name: '' }).expect(400)
  await api.delete('/api/stratus/v1/tokens/99999/').expect(404)
  await api.post('/api/v2/accounts/1/jobs/99999/run/').expect(404)
  await api
    .post('/api/stratus/v1/apply/')
    .send({ document: { projects: [] }, dry_run: true })
    .expect(200)
  expect(await entries('limit=1')).toEqual(before)
})

test('a change that fails half way keeps its entry', async () => {
  const broken = await createTestApi()
  await broken.ctx.db.schema.alterTable('projects').renameTo('hidden').execute()
  await broken
    .post('/api/stratus/v1/apply/')
    .send({ document: { projects: [] } })
    .expect(500)
  const { body } = await broken.get('/api/v3/accounts/1/audit-logs/').expect(200)
  expect(body.data[0]).toMatchObject({ event_label: 'Apply Document', event_context: { status: 500 } })
  await broken.close()
})

test('the log is filtered by time and method, ordered and paged', async () => {
  const all = await entries()
  const total = all.length
  expect(all.map(({ id }) => Number(id))).toEqual(all.map(({ id }) => Number(id)).sort((a, b) => b - a))
  expect(await entries('method=delete')).toHaveLength(all.filter(({ method }) => method === 'DELETE').length)
  expect(await entries('logged_at_end=2001-01-01')).toEqual([])
  const today = new Date().toISOString().slice(0, 10)
  expect(await entries(`logged_at_start=${today}&logged_at_end=${today}`)).toHaveLength(total)
  expect((await entries('order_by=logged_at&limit=1'))[0]?.id).toBe(all.at(-1)?.id)
  expect((await entries('offset=1&limit=1'))[0]?.id).toBe(all[1]?.id)
  const { body } = await api.get('/api/v3/accounts/1/audit-logs/?logged_at_start=yesterday').expect(400)
  expect(Object.keys(body.data)).toEqual(['logged_at_start'])
})

test('another account, and whoever lacks the permission for all of this one, cannot read it', async () => {
  await api.get('/api/v3/accounts/2/audit-logs/').expect(404)
  const runner = api.as(await api.createToken([{ permission_set: 'job_admin', project_ids: null }]))
  await runner.get('/api/v3/accounts/1/audit-logs/').expect(403)
})
