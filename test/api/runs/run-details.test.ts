import { createTestApi, publicUrl, type TestApi } from '../../support/api-server.ts'
import { createJob } from '../../support/rows.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

interface Ended {
  readonly version?: string
  readonly command?: string
  readonly results?: string
  readonly status?: 'success' | 'error' | 'cancelled'
}

/** A run that ended, with one step that did. */
async function endedRun({ version = '1.11.0', command = 'dbt build', results, status = 'error' }: Ended = {}) {
  const jobId = await createJob(api.ctx.db, { execute_steps: [command] })
  const { id, project_id: projectId } = (await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)).body.data
  const at = new Date('2026-01-01T00:00:00Z')
  await api.ctx.db
    .updateTable('runs')
    .set({ status, dbt_version: version, started_at: at, finished_at: at, claimed_at: at, released_at: at })
    .where('id', '=', id)
    .execute()
  const step = await api.ctx.db
    .insertInto('run_steps')
    .values({
      run_id: id,
      index: 1,
      kind: 'command',
      name: `Invoke dbt with \`${command}\``,
      command,
      status: status === 'cancelled' ? 'cancelled' : status,
      console_log_key: `runs/${id}/log`,
      debug_log_key: `runs/${id}/debug`,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await api.storeFile(`runs/${id}/log`, 'console\n')
  await api.storeFile(`runs/${id}/debug`, 'debug\n')
  if (results !== undefined) {
    const store_key = `runs/${id}/1/run_results.json`
    const size_bytes = await api.storeFile(store_key, results)
    await api.ctx.db
      .insertInto('run_artifacts')
      .values({ run_id: id, step_index: 1, path: 'run_results.json', size_bytes, store_key })
      .execute()
  }
  return { id, jobId, projectId, stepId: step.id }
}

describe('why a run cannot be retried', () => {
  async function reasonOf(runId: number) {
    const { body } = await api.get(`/api/v2/accounts/1/runs/${runId}/`).expect(200)
    const refused = await api.post(`/api/v2/accounts/1/runs/${runId}/retry/`).expect(400)
    expect(refused.body.data).toEqual({ retry_not_supported_reason: body.data.retry_not_supported_reason })
    await api.get(`/api/v2/accounts/1/runs/${runId}/retry/`).expect(404)
    expect(body.data.can_retry).toBe(false)
    return body.data.retry_not_supported_reason
  }

  test('its command', async () => {
    const { id } = await endedRun({ command: 'dbt ls', results: '{}' })
    expect(await reasonOf(id)).toBe('RETRY_UNSUPPORTED_CMD')
  })
  test('its version of dbt', async () => {
    const { id } = await endedRun({ version: '1.5.2', results: '{}' })
    expect(await reasonOf(id)).toBe('RETRY_UNSUPPORTED_VERSION')
  })
  test('a later run of its job', async () => {
    const { id, jobId } = await endedRun({ results: '{}' })
    await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)
    expect(await reasonOf(id)).toBe('RETRY_NOT_LATEST_RUN')
  })
  test('its end', async () => {
    const { id } = await endedRun({ status: 'cancelled', results: '{}' })
    expect(await reasonOf(id)).toBe('RETRY_NOT_FAILED_RUN')
  })
  test('results that are missing', async () => {
    const { id } = await endedRun()
    expect(await reasonOf(id)).toBe('RETRY_NO_RUN_RESULTS')
  })
})

test('a run that can be retried is, and names its retries when asked', async () => {
  const { id, jobId } = await endedRun({ results: '{}' })
  const details = await api.get(`/api/v2/accounts/1/runs/${id}/retry`).expect(200)
  expect(details.body.data).toEqual({ failed_step: 'Invoke dbt with `dbt build`', skipped_steps: [] })
  const retry = (await api.post(`/api/v2/accounts/1/runs/${id}/retry/`).expect(200)).body.data
  expect(retry).toMatchObject({ retrying_run_id: id, job_id: jobId, trigger: { cause_category: 'rerun' } })
  const { body } = await api.get(`/api/v2/accounts/1/runs/${id}/?include_related=run_retries`).expect(200)
  expect(body.data.run_retries).toMatchObject([
    { id: retry.id, retrying_run_id: id, status: 1, href: expect.stringContaining(`${publicUrl}/deploy/1/`) },
  ])
  expect(
    (await api.get(`/api/v2/accounts/1/runs/${retry.id}/?include_related=run_retries`)).body.data.run_retries,
  ).toEqual([])
})

test('what belongs to the repository cache is there when it is asked for', async () => {
  const { id } = await endedRun()
  const plain = (await api.get(`/api/v2/accounts/1/runs/${id}/`).expect(200)).body.data
  expect(plain.used_repo_cache).toBeNull()
  expect(plain).not.toHaveProperty('repo_cache_restore')
  expect(plain).not.toHaveProperty('run_retries')
  const asked = await api
    .get(`/api/v2/accounts/1/runs/${id}/?include_related=["used_repo_cache","repo_cache_restore"]`)
    .expect(200)
  expect(asked.body.data).toMatchObject({ used_repo_cache: false, repo_cache_restore: null })
})

test('a step is there by its id, with its debug log only when asked for', async () => {
  const { id, stepId } = await endedRun()
  const { body } = await api.get(`/api/v2/accounts/1/steps/${stepId}/`).expect(200)
  expect(body.data).toMatchObject({ id: stepId, run_id: id, index: 1, logs: 'console\n', debug_logs: '' })
  const debug = await api.get(`/api/v2/accounts/1/steps/${stepId}?include_related=debug_logs`).expect(200)
  expect(debug.body.data.debug_logs).toBe('debug\n')
  await api.get('/api/v2/accounts/1/steps/999999/').expect(404)
})

test('a step of a project that the token does not know is not there', async () => {
  const mine = await endedRun()
  const other = await endedRun()
  const caller = api.as(await api.createToken([{ permission_set: 'job_viewer', project_ids: [mine.projectId] }]))
  await caller.get(`/api/v2/accounts/1/steps/${mine.stepId}/`).expect(200)
  await caller.get(`/api/v2/accounts/1/steps/${other.stepId}/`).expect(404)
})

test('runs are listed in any state, of which deleted has none', async () => {
  const { id } = await endedRun()
  const total = async (query: string) =>
    (await api.get(`/api/v2/accounts/1/runs/?pk=${id}&${query}`).expect(200)).body.extra.pagination.total_count
  expect(await total('state=active')).toBe(1)
  expect(await total('state=all')).toBe(1)
  expect(await total('state=deleted')).toBe(0)
  expect(await total('deferring_run_id=1')).toBe(0)
})

describe('what a server keeps of ended runs', () => {
  const retrieve = async (id: number) => (await api.get(`/api/v2/accounts/1/runs/${id}/`).expect(200)).body.data
  const rename = (id: number, git_branch: string) =>
    api.ctx.db.updateTable('runs').set({ git_branch }).where('id', '=', id).execute()

  test('a run that nothing can happen to any more is read once', async () => {
    const { id } = await endedRun()
    const first = await retrieve(id)
    await rename(id, 'a change that Stratus never makes')
    expect((await retrieve(id)).git_branch).toBe(first.git_branch)
    const listed = await api.get(`/api/v2/accounts/1/runs/?pk=${id}`).expect(200)
    expect(listed.body.data[0].git_branch).toBe('a change that Stratus never makes')
  })

  test('whether it can be retried is asked anew each time', async () => {
    const { id, jobId } = await endedRun({ results: '{}' })
    expect(await retrieve(id)).toMatchObject({ can_retry: true })
    await api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).expect(200)
    expect(await retrieve(id)).toMatchObject({ can_retry: false, retry_not_supported_reason: 'RETRY_NOT_LATEST_RUN' })
  })

  test('a run that was cancelled and is still held may change', async () => {
    const { id } = await endedRun({ status: 'cancelled' })
    await api.ctx.db.updateTable('runs').set({ released_at: null }).where('id', '=', id).execute()
    await retrieve(id)
    await rename(id, 'main')
    expect((await retrieve(id)).git_branch).toBe('main')
  })

  test('it belongs to its account all the same', async () => {
    const { id } = await endedRun()
    await retrieve(id)
    await api.ctx.db.insertInto('accounts').values({ id: 2, name: 'Theirs' }).execute()
    const theirs = api.as(await api.createToken([{ permission_set: 'account_admin', project_ids: null }], 2))
    await theirs.get(`/api/v2/accounts/2/runs/${id}/`).expect(404)
  })
})
