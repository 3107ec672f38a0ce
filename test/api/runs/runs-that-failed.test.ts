import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { databaseKinds } from '../../support/database/test-database.ts'
import { createJob } from '../../support/rows.ts'

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
})
