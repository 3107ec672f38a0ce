import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { databaseKinds } from '../../support/database/test-database.ts'
import { createJob } from '../../support/rows.ts'

describe.each(databaseKinds)('retries that come at once, on %s', (kind) => {
  let api: TestApi
  beforeAll(async () => {
    api = await createTestApi(kind)
  })
  afterAll(() => api.close())

  async function failedRun() {
    const jobId = await createJob(api.ctx.db)
    const { body } = await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).send({ cause: 'test' }).expect(200)
    const runId: number = body.data.id
    await api.ctx.db.updateTable('runs').set({ status: 'error' }).where('id', '=', runId).execute()
    const step = {
      run_id: runId,
      index: 1,
      kind: 'command',
      name: 'Build',
      status: 'error',
      command: 'dbt build',
    } as const
    await api.ctx.db.insertInto('run_steps').values(step).execute()
    await api.ctx.db
      .insertInto('run_artifacts')
      .values({ run_id: runId, step_index: 1, path: 'run_results.json', size_bytes: 2, store_key: `${runId}` })
      .execute()
    return { jobId, runId }
  }

  const retriesOf = (runId: number) =>
    api.ctx.db.selectFrom('runs').select('id').where('retrying_run_id', '=', runId).execute()

  test('of a run: it is retried once', async () => {
    const { runId } = await failedRun()
    const path = `/api/v2/accounts/1/runs/${runId}/retry/`
    const replies = await Promise.all(Array.from({ length: 8 }, () => api.post(path)))
    const refused = replies.filter(({ status }) => status === 400)
    expect([replies.length - refused.length, refused.length]).toEqual([1, 7])
    for (const { body } of refused) expect(body.data).toEqual({ retry_not_supported_reason: 'RETRY_NOT_LATEST_RUN' })
    expect(await retriesOf(runId)).toHaveLength(1)
  })

  test('of a job: one resumes what failed, the others are plain runs', async () => {
    const { jobId, runId } = await failedRun()
    const path = `/api/v2/accounts/1/jobs/${jobId}/rerun/`
    const replies = await Promise.all(Array.from({ length: 8 }, () => api.post(path).expect(200)))
    const resumed = replies.filter(({ body }) => body.data.retrying_run_id === runId)
    expect(resumed).toHaveLength(1)
    expect(await retriesOf(runId)).toHaveLength(1)
  })
})
