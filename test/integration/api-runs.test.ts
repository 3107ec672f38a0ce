import { sql } from 'kysely'
import { createTestApi, publicUrl, type TestApi } from '../support/api-server.ts'
import { createGitJob, createJob } from '../support/rows.ts'
import { databaseKinds } from '../support/test-database.ts'

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

  describe('a run that failed', () => {
    let runId: number
    beforeAll(async () => {
      const { db } = api.ctx
      const { id } = await trigger(await createJob(db))
      runId = id
      await db
        .updateTable('runs')
        .set({
          status: 'error',
          status_message: 'dbt build failed.',
          created_at: '2026-01-02 03:04:05.678+00',
          started_at: '2026-01-02 03:04:15.678+00',
          finished_at: '2026-01-02 03:06:05.678+00',
          locked_by: 'worker-1',
          dbt_version: '1.10.1',
        })
        .where('id', '=', runId)
        .execute()
      const steps = await db
        .insertInto('run_steps')
        .values([
          { run_id: runId, index: 1, kind: 'clone', name: 'Clone git repository', status: 'success' },
          {
            run_id: runId,
            index: 2,
            kind: 'command',
            name: 'Invoke dbt with `dbt build`',
            status: 'error',
            status_message: 'Database Error in model sales',
            command: 'dbt build',
            argv: 'dbt build --target-path /x',
            console_log_key: `runs/${runId}/2/console.log`,
            debug_log_key: `runs/${runId}/2/debug.log`,
            started_at: '2026-01-02 03:04:15.678+00',
            finished_at: '2026-01-02 03:04:45.678+00',
          },
          {
            run_id: runId,
            index: 3,
            kind: 'command',
            name: 'Invoke dbt with `dbt test`',
            status: 'skipped',
            command: 'dbt test',
          },
        ])
        .returning(['id', 'index'])
        .execute()
      await api.storeFile(`runs/${runId}/2/console.log`, 'It failed: größer\n')
      await api.storeFile(`runs/${runId}/2/debug.log`, 'All the details\n')
      const cloned = steps.find((step) => step.index === 1)?.id ?? 0
      await db
        .insertInto('step_log_chunks')
        .values([
          { step_id: cloned, stream: 'console', sequence: 1, content: 'two\n' },
          { step_id: cloned, stream: 'console', sequence: 0, content: 'one\n' },
          { step_id: cloned, stream: 'debug', sequence: 0, content: 'debug of a clone\n' },
        ])
        .execute()
      await db
        .insertInto('run_artifacts')
        .values({
          run_id: runId,
          step_index: 2,
          path: 'run_results.json',
          size_bytes: await api.storeFile(`runs/${runId}/2/run_results.json`, '{"results":[]}'),
          store_key: `runs/${runId}/2/run_results.json`,
        })
        .execute()
    })

    test('has dates, durations and a reason to retry', async () => {
      const { body } = await api.get(`/api/v2/accounts/1/runs/${runId}/`).expect(200)
      expect(body.data).toMatchObject({
        status: 20,
        status_humanized: 'Error',
        is_error: true,
        status_message: `dbt build failed. See ${body.data.href}`,
        created_at: '2026-01-02 03:04:05.678000+00:00',
        finished_at: '2026-01-02 03:06:05.678000+00:00',
        duration: '00:02:00',
        queued_duration: '00:00:10',
        run_duration: '00:01:50',
        run_duration_humanized: '1 minute, 50 seconds',
        executed_by_thread_id: 'worker-1',
        can_retry: true,
        retry_not_supported_reason: null,
        trigger: null,
        job: null,
        run_steps: [],
      })
    })

    test('has its steps with logs, stored and live, and debug logs only when asked for', async () => {
      const { body } = await api.get(`/api/v2/accounts/1/runs/${runId}/?include_related=run_steps`).expect(200)
      expect(body.data.run_steps).toMatchObject([
        {
          index: 1,
          status: 10,
          status_humanized: 'Success',
          logs: 'one\ntwo\n',
          debug_logs: '',
          run_step_command: null,
        },
        {
          index: 2,
          status: 20,
          name: 'Invoke dbt with `dbt build`',
          logs: 'It failed: größer\n',
          debug_logs: '',
          status_message: 'Database Error in model sales',
          duration: '00:00:30',
          duration_humanized: '30 seconds',
          run_step_command: { dbt_command: 'dbt build --target-path /x' },
        },
        { index: 3, status: 30, status_humanized: 'Skipped', logs: '', started_at: null },
      ])
      const debug = await api.get(`/api/v2/accounts/1/runs/${runId}?include_related=["debug_logs"]`).expect(200)
      expect(debug.body.data.run_steps.map((step: { debug_logs: string }) => step.debug_logs)).toEqual([
        'debug of a clone\n',
        'All the details\n',
        '',
      ])
    })

    test('is in lists with its steps but without their logs', async () => {
      const { body } = await api.get(`/api/v2/accounts/1/runs/?pk=${runId}&include_related=run_steps,job`).expect(200)
      expect(body.data[0].run_steps.map((step: { logs: string }) => step.logs)).toEqual(['', '', ''])
      expect(body.data[0].job.id).toBe(body.data[0].job_id)
    })

    test('says what a retry would do, and is retried', async () => {
      const details = await api.get(`/api/v2/accounts/1/runs/${runId}/retry/`).expect(200)
      expect(details.body.data).toEqual({
        failed_step: 'Invoke dbt with `dbt build`',
        skipped_steps: ['Invoke dbt with `dbt test`'],
      })
      const { body } = await api.post(`/api/v2/accounts/1/runs/${runId}/retry/`).expect(200)
      expect(body.data).toMatchObject({ retrying_run_id: runId, trigger: { cause_category: 'rerun' } })
    })
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
