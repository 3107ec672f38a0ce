import { sql } from 'kysely'
import { createTestApi, publicUrl, type TestApi } from '../../support/api-server.ts'
import { databaseKinds } from '../../support/database/test-database.ts'
import { createGitJob, createJob } from '../../support/rows.ts'

describe.each(databaseKinds)('runs over the API on %s', (kind) => {
  let api: TestApi
  beforeAll(async () => {
    api = await createTestApi(kind)
  })
  afterAll(() => api.close())

  async function trigger(jobId: number, body: object = { cause: 'test' }) {
    const response = await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).send(body).expect(200)
    return response.body.data
  }

  test('a trigger answers the queued run with its trigger and job', async () => {
    const jobId = await createJob(api.ctx.db)
    const run = await trigger(jobId, { cause: 'from a test' })
    expect(run).toMatchObject({
      job_id: jobId,
      job_definition_id: jobId,
      trigger_id: run.id,
      status: 1,
      status_humanized: 'Queued',
      in_progress: true,
      is_complete: false,
      is_error: false,
      duration: '00:00:00',
      duration_humanized: '0 minutes',
      finished_at: null,
      finished_at_humanized: '0 minutes from now',
      run_steps: [],
      blocked_by: [],
      can_retry: false,
      retry_not_supported_reason: 'RETRY_NOT_FAILED_RUN',
      href: `${publicUrl}/deploy/1/projects/${run.project_id}/runs/${run.id}/`,
      trigger: { cause: 'from a test', cause_category: 'api', job_definition_id: jobId, steps_override: null },
      job: {
        id: jobId,
        execute_steps: ['dbt build'],
        schedule: { cron: '0 * * * *', date: 'every_day', time: 'every_hour' },
      },
    })
    expect(run).not.toHaveProperty('repository')
  })

  test('a trigger answers what reading the run answers', async () => {
    const schedule = { cron: '15 6 * * 1' }
    const job = await createJob(api.ctx.db, { schedule: JSON.stringify(schedule), next_run_at: new Date(), threads: 3 })
    await api.ctx.db.updateTable('jobs').set({ created_at: sql`'2026-01-02 03:04:05.678901+00'` }).execute()
    for (const cause of ['first', 'blocked by the first']) {
      const answer = await api.post(`/api/v2/accounts/1/jobs/${job}/run/`).send({ cause }).expect(200)
      const { id } = answer.body.data
      const read = await api.get(`/api/v2/accounts/1/runs/${id}/?include_related=trigger,job`).expect(200)
      const steady = ([name]: [string, unknown]) => !/humanized|duration/.test(name)
      expect(Object.entries(answer.body.data).filter(steady)).toEqual(Object.entries(read.body.data).filter(steady))
    }
  })

  test('a trigger keeps what it overrides, whatever the types its client writes', async () => {
    const jobId = await createGitJob(api.ctx.db)
    const run = await trigger(jobId, {
      cause: null,
      threads_override: '8',
      generate_docs_override: 'true',
      timeout_seconds_override: 60,
      steps_override: ['dbt run', 'dbt test'],
      schema_override: 'pr_1',
      git_branch: 'feature',
      github_pull_request_id: null,
      account_id: 1,
      unheard_of: { deep: [1] },
    })
    expect(run.trigger).toMatchObject({
      cause: 'Triggered via API',
      threads_override: 8,
      generate_docs_override: true,
      timeout_seconds_override: 60,
      steps_override: ['dbt run', 'dbt test'],
      schema_override: 'pr_1',
      git_branch: 'feature',
      github_pull_request_id: null,
    })
  })

  test('runs of a job wait for those before them', async () => {
    const jobId = await createJob(api.ctx.db)
    const first = await trigger(jobId)
    const second = await trigger(jobId)
    const third = await trigger(jobId)
    expect(second.blocked_by).toEqual([first.id])
    expect(third.blocked_by).toEqual([first.id, second.id])
  })

  test('a run far back in the queue names the holder and 20 of those ahead', async () => {
    const jobId = await createJob(api.ctx.db)
    const runs = []
    for (let i = 0; i < 24; i++) runs.push(await trigger(jobId))
    const holder = runs[0].id
    await api.ctx.db
      .updateTable('runs')
      .set({ status: 'running', claimed_at: new Date(), started_at: new Date() })
      .where('id', '=', holder)
      .execute()
    await api.ctx.db
      .updateTable('lanes')
      .set({ holder_run_id: holder })
      .where('serial_key', '=', `job:${jobId}`)
      .execute()
    const { body } = await api.get(`/api/v2/accounts/1/runs/${runs[23].id}/`).expect(200)
    expect(body.data.blocked_by).toEqual(runs.slice(0, 21).map((run) => run.id))
  })

  test('cancel answers status 30 at once, and again the same for a finished run', async () => {
    const jobId = await createJob(api.ctx.db)
    const { id } = await trigger(jobId)
    const { body } = await api.post(`/api/v2/accounts/1/runs/${id}/cancel/`).expect(200)
    expect(body.data).toMatchObject({
      id,
      status: 30,
      status_message: 'Cancelled by user.',
      is_cancelled: true,
      is_error: false,
      is_complete: true,
      in_progress: false,
    })
    const again = await api.post(`/api/v2/accounts/1/runs/${id}/cancel`).send('null').type('json').expect(200)
    expect(again.body.data.finished_at).toBe(body.data.finished_at)
  })

  test('rerun starts a plain new run when the latest did not fail', async () => {
    const jobId = await createJob(api.ctx.db)
    const first = await trigger(jobId)
    const { body } = await api.post(`/api/v2/accounts/1/jobs/${jobId}/rerun/`).type('json').expect(200)
    expect(body.data).toMatchObject({ retrying_run_id: null, trigger: { cause_category: 'rerun' } })
    expect(body.data.id).toBeGreaterThan(first.id)
  })

  test('a run that did not fail is not retried, and says why', async () => {
    const jobId = await createJob(api.ctx.db)
    const { id } = await trigger(jobId)
    const refused = await api.post(`/api/v2/accounts/1/runs/${id}/retry/`).expect(400)
    expect(refused.body.data).toEqual({ retry_not_supported_reason: 'RETRY_NOT_FAILED_RUN' })
    await api.get(`/api/v2/accounts/1/runs/${id}/retry/`).expect(404)
  })

  test.each([
    '',
    'run_steps%2Cjob',
    'trigger,job',
    '["trigger", "job"]',
    '[%22job%22]',
    "['trigger', 'job']",
    '["trigger","job",,"run_steps", "environment"]',
    'job&include_related=environment',
    '[]',
    'run_steps/debug_logs',
    'nobody,knows,this',
  ])('include_related=%s is understood', async (value) => {
    const jobId = await createJob(api.ctx.db)
    const { id } = await trigger(jobId)
    const { body } = await api.get(`/api/v2/accounts/1/runs/${id}/?include_related=${value}`).expect(200)
    const asked = decodeURIComponent(value)
    expect(body.data.job?.id).toBe(/job/.test(asked) ? jobId : undefined)
    expect(body.data.trigger?.id).toBe(/trigger/.test(asked) ? id : undefined)
    expect(body.data.environment?.name).toBe(/environment/.test(asked) ? 'Production' : undefined)
  })
})
