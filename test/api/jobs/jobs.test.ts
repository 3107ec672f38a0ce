import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createApiJob, createEnvironment, v2 } from '../../support/objects.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const scheduled = { triggers: { schedule: true } }

describe('a new job', () => {
  test('needs a project, an environment and a name, and takes defaults for the rest', async () => {
    const { projectId, environmentId } = await createEnvironment(api)
    const required = { project_id: projectId, environment_id: environmentId, name: 'Minimal' }
    // Prefect sends no more than this, Dagster not even steps.
    const { body } = await api.post(`${v2}/jobs`).send(required).expect(201)
    expect(body.status.code).toBe(201)
    expect(body.data).toMatchObject({
      ...required,
      account_id: 1,
      description: '',
      dbt_version: null,
      execute_steps: [],
      execution: { timeout_seconds: 0 },
      settings: { threads: 4, target_name: 'default' },
      triggers: { schedule: false, github_webhook: false, git_provider_webhook: false, on_merge: false },
      job_type: 'other',
      errors_on_lint_failure: true,
      compare_changes_flags: '--select state:modified',
      cost_optimization_features: [],
      job_completion_trigger_condition: null,
      next_run: null,
      state: 1,
    })
    for (const name of ['project_id', 'environment_id', 'name'] as const) {
      const { [name]: _left, ...rest } = required
      const refused = await api.post(`${v2}/jobs/`).send(rest).expect(400)
      expect(refused.body.data).toEqual({ [name]: 'This field is required.' })
    }
  })

  test('is what dbt-cloud-cli sends, nulls and all', async () => {
    const { projectId, environmentId } = await createEnvironment(api)
    const { body } = await api
      .post(`${v2}/jobs/`)
      .send({
        id: null,
        account_id: 1,
        project_id: projectId,
        environment_id: environmentId,
        name: 'CLI',
        dbt_version: null,
        deferring_job_definition_id: null,
        lifecycle_webhooks: false,
        lifecycle_webhooks_url: null,
        execute_steps: ['dbt seed', 'dbt run'],
        generate_docs: 'true',
        run_generate_sources: null,
        job_type: null,
        triggers: { github_webhook: false, schedule: true, custom_branch_only: true },
        settings: { threads: '8', target_name: 'prod' },
        execution: { timeout_seconds: null },
        schedule: {
          cron: '0 * * * *',
          date: { type: 'days_of_week', days: [1, 3], cron: null },
          time: { type: 'at_exact_hours', interval: null, hours: [6, 18] },
        },
        state: 1,
      })
      .expect(201)
    expect(body.data).toMatchObject({
      generate_docs: true,
      job_type: 'scheduled',
      settings: { threads: 8, target_name: 'prod' },
      schedule: { cron: '0 6,18 * * 1,3', date: { type: 'days_of_week', days: [1, 3] } },
      next_run: expect.stringMatching(/^\d{4}-/),
      next_run_humanized: expect.stringMatching(/from now$/),
    })
  })

  test('may have a chosen id, which is then taken', async () => {
    const { id, project_id, environment_id } = await createApiJob(api, { stratus: { id: 4711, engine: 'simulated' } })
    expect(id).toBe(4711)
    const again = { project_id, environment_id, name: 'Second' }
    const { body } = await api
      .post(`${v2}/jobs/`)
      .send({ ...again, stratus: { id: 4711 } })
      .expect(400)
    expect(body.data).toEqual({ 'stratus.id': 'Expected a free id. Got 4711.' })
    const next = await api.post(`${v2}/jobs/`).send(again).expect(201)
    expect(next.body.data.id).toBe(4712)
    const { body: read } = await api.get(`${v2}/jobs/4711/?include_related=["stratus"]`).expect(200)
    expect(read.data.stratus).toEqual({ id: 4711, engine: 'simulated' })
  })

  test('that Terraform switches off is deleted at once', async () => {
    const { id, state } = await createApiJob(api, { state: 2 })
    expect(state).toBe(2)
    await api.get(`${v2}/jobs/${id}/`).expect(404)
  })

  test.each([
    [{ schedule: { cron: '0 6 * *' }, ...scheduled }, 'schedule.cron', /five fields.* Got "0 6 \* \*"/],
    [{ schedule: { cron: '0 0 31 2 *' }, ...scheduled }, 'schedule.cron', /no date ever matches/],
    [
      { schedule: { date: { type: 'custom_cron', cron: 'daily' } }, ...scheduled },
      'schedule.date.cron',
      /five fields.* Got "daily"/,
    ],
    [{ execute_steps: ['dbt build', 'ls -la'] }, 'execute_steps.1', /^`ls -la` is not a dbt command/],
    [{ execute_steps: ['dbt --version'] }, 'execute_steps.0', /^`dbt --version` has the option --version/],
    [{ execute_steps: ['dbt rnu'] }, 'execute_steps.0', /Did you mean `dbt run`\?$/],
    [{ execute_steps: ['dbt run -s "a'] }, 'execute_steps.0', /has an open quote/],
    [{ execute_steps: ['dbt run --target-path x'] }, 'execute_steps.0', /which Stratus sets itself/],
    [
      { stratus: { engine: 'upstream' } },
      'stratus.engine',
      /^Expected one of dbt, simulated: this Stratus has no engine "upstream"\. Got "upstream"\.$/,
    ],
    [{ triggers: { schedule: true } }, 'schedule', /Expected cron, or date and time/],
    [{ schedule: { date: { type: 'never' } } }, 'schedule.date.type', /Expected one of every_day/],
    [{ schedule: { time: { type: 'at_exact_hours', hours: [25] } } }, 'schedule.time.hours.0', /from 0 to 23/],
    [{ settings: { threads: 0 } }, 'settings.threads', /from 1 to 1024/],
    [{ execution: 3 }, 'execution', /Expected an object/],
    [{ execute_steps: 'dbt build' }, 'execute_steps', /Expected a list of texts/],
    [{ execute_steps: ['dbt build', ' '] }, 'execute_steps', /no empty text/],
    [{ name: 'two\nlines' }, 'name', /one line/],
    [{ name: ' ' }, 'name', /not empty/],
    [{ environment_id: 999_999 }, 'environment_id', /an environment of project/],
    [{ project_id: 999_999 }, 'project_id', /a project of this account/],
    [{ deferring_job_definition_id: 999_999 }, 'deferring_job_definition_id', /a job of this account/],
    [{ deferring_environment_id: 999_999 }, 'deferring_environment_id', /an environment of this account/],
    [{ lifecycle_webhooks_url: 'file:///etc' }, 'lifecycle_webhooks_url', /http or https/],
    [
      { job_completion_trigger_condition: { condition: { job_id: 999_999, statuses: [10] } } },
      'job_completion_trigger_condition.condition.job_id',
      /a job of this account/,
    ],
    [
      { job_completion_trigger_condition: { condition: { job_id: 1, statuses: [11] } } },
      'job_completion_trigger_condition.condition.statuses.0',
      /^Expected 10 \(success\), 20 \(error\) or 30 \(cancelled\). Got 11.$/,
    ],
    [{ stratus: { engine: 'spark' } }, 'stratus.engine', /Expected one of dbt, simulated. Got "spark"/],
    [{ stratus: { engin: 'dbt' } }, 'stratus.engin', /Unknown key "engin", expected "engine"/],
  ])('with %j is refused, by name', async (fields, name, sentence) => {
    const { projectId, environmentId } = await createEnvironment(api)
    const before = await api.get(`${v2}/jobs/?state=all&limit=1`)
    const given = { project_id: projectId, environment_id: environmentId, name: 'Wrong' }
    const { body } = await api
      .post(`${v2}/jobs/`)
      .send({ ...given, ...fields })
      .expect(400)
    expect(body.data).toEqual({ [name]: expect.stringMatching(sentence) })
    const after = await api.get(`${v2}/jobs/?state=all&limit=1`)
    expect(after.body.extra.pagination).toEqual(before.body.extra.pagination)
  })
})

describe('a deletion', () => {
  test.each([
    ['DELETE', (id: number) => api.delete(`${v2}/jobs/${id}`)],
    ['a state of 2', (id: number) => api.post(`${v2}/jobs/${id}/`).send({ state: 2 })],
  ])('by %s answers the job, which is gone then but for its runs', async (_name, remove) => {
    const { id } = await createApiJob(api, { schedule: { cron: '0 6 * * *' }, triggers: { schedule: true } })
    const run = await api.post(`${v2}/jobs/${id}/run/`).send({ cause: 'before' }).expect(200)
    const { body } = await remove(id).expect(200)
    expect(body.data).toMatchObject({ id, state: 2, next_run: null })
    await api.get(`${v2}/jobs/${id}/`).expect(404)
    await remove(id).expect(404)
    const listed = await api.get(`${v2}/jobs/?pk=${id}&state=deleted`).expect(200)
    expect(listed.body.data).toHaveLength(1)
    const read = await api.get(`${v2}/runs/${run.body.data.id}/?include_related=job`).expect(200)
    expect(read.body.data.job).toMatchObject({ id, state: 2 })
    await api.post(`${v2}/jobs/${id}/run/`).send({ cause: 'after' }).expect(404)
  })
})

test('jobs come with their own variables, of which secret ones are asterisks, when asked', async () => {
  const job = await createApiJob(api)
  const variables = `/api/v3/accounts/1/projects/${job.project_id}/environment-variables/`
  for (const [name, raw_value] of Object.entries({ DBT_REGION: 'eu', DBT_ENV_SECRET_KEY: 'hush' })) {
    await api.post(variables).send({ name, raw_value, type: 'job', job_definition_id: job.id }).expect(201)
  }
  const { body, text } = await api.get(`${v2}/jobs/?pk=${job.id}&include_related=custom_environment_variables`)
  const shown = body.data[0].custom_environment_variables
  expect(shown.map((each: { name: string; display_value: string }) => [each.name, each.display_value])).toEqual([
    ['DBT_ENV_SECRET_KEY', '********'],
    ['DBT_REGION', 'eu'],
  ])
  expect(text).not.toContain('hush')
})

test('what a token may do to jobs', async () => {
  const job = await createApiJob(api)
  const other = await createApiJob(api)
  const viewer = api.as(await api.createToken([{ permission_set: 'job_viewer', project_ids: null }]))
  await viewer.post(`${v2}/jobs/${job.id}/`).send({ name: 'x' }).expect(403)
  await viewer.delete(`${v2}/jobs/${job.id}/`).expect(403)
  const mine = [Number(job.project_id)]
  const admin = api.as(await api.createToken([{ permission_set: 'job_admin', project_ids: mine }]))
  await admin.post(`${v2}/jobs/${job.id}/`).send({ name: 'Mine' }).expect(200)
  await admin.post(`${v2}/jobs/${other.id}/`).send({ name: 'Not mine' }).expect(404)
  const { project_id, environment_id } = other
  await admin.post(`${v2}/jobs/`).send({ project_id, environment_id, name: 'x' }).expect(404)
})
