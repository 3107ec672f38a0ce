import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createGitJob, createJob } from '../../support/rows.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const trigger = (jobId: number, body: object) => api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).send(body)

const overridesOf = async (runId: number) => {
  const rows = api.ctx.db.selectFrom('runs').select('overrides').where('id', '=', runId)
  return (await rows.executeTakeFirstOrThrow()).overrides
}

describe('empty overrides are absent', () => {
  test.each([
    {
      git_sha: '',
      git_branch: '',
      schema_override: '',
      dbt_version_override: '',
      target_name_override: '',
      threads_override: '',
      generate_docs_override: '',
      timeout_seconds_override: '',
      steps_override: '',
    },
    { git_sha: ' ', git_branch: '\n', schema_override: '\t', steps_override: [''], cause: ' ' },
    { git_sha: null, generate_docs_override: null, steps_override: null, threads_override: null },
    // A program in Go or Rust writes every number, and an empty list.
    {
      threads_override: 0,
      github_pull_request_id: 0,
      gitlab_merge_request_id: 0,
      azure_pull_request_id: 0,
      non_native_pull_request_id: 0,
      steps_override: [],
    },
  ])('%j', async (body) => {
    const jobId = await createJob(api.ctx.db)
    const run = (await trigger(jobId, body).expect(200)).body.data
    expect(await overridesOf(run.id)).toEqual({})
    expect(run.trigger).toMatchObject({
      cause: 'Triggered via API',
      git_branch: null,
      schema_override: null,
      steps_override: null,
      threads_override: null,
    })
  })

  test('in a form as well', async () => {
    const jobId = await createJob(api.ctx.db)
    const call = api.post(`/api/v2/accounts/1/jobs/${jobId}/run/`).type('form')
    const { body } = await call.send('cause=x&git_branch=&target_name_override=&steps_override=').expect(200)
    expect(await overridesOf(body.data.id)).toEqual({})
  })

  test('a job without commands of its own still needs some', async () => {
    const jobId = await createJob(api.ctx.db, { execute_steps: [] })
    const { body } = await trigger(jobId, { steps_override: [''] }).expect(400)
    expect(body.data.steps_override).toMatch(/has no execute_steps/)
  })
})

describe('what can never run is refused when it is asked for', () => {
  test.each([
    ['ls -la', /^`ls -la` is not a dbt command/],
    ['dbt --version', /does nothing but print/],
    ['dbt rnu', /Did you mean `dbt run`\?/],
    ["dbt run --vars '{", /open quote/],
    ['', /^The command is empty\.$/],
  ])('%j', async (command, sentence) => {
    const jobId = await createJob(api.ctx.db)
    const { body } = await trigger(jobId, { steps_override: ['dbt build', command] }).expect(400)
    expect(body.data).toEqual({ 'steps_override.1': expect.stringMatching(sentence) })
    expect(body.status.user_message).toMatch(sentence)
    const runs = await api.get(`/api/v2/accounts/1/runs/?job_definition_id=${jobId}`).expect(200)
    expect(runs.body.data).toEqual([])
  })

  test.each(['git_sha', 'git_branch'])('%s of a project that is a folder', async (name) => {
    const jobId = await createJob(api.ctx.db)
    const { body } = await trigger(jobId, { [name]: 'abcdef0' }).expect(400)
    expect(body.data).toEqual({
      [name]: `The project of job ${jobId} is the folder /nowhere, whose files are run as they are: it has no branches and commits to choose from. Leave ${name} out, or give the project a git address.`,
    })
    const fromGit = await createGitJob(api.ctx.db)
    const run = (await trigger(fromGit, { [name]: 'abcdef0' }).expect(200)).body.data
    expect(await overridesOf(run.id)).toEqual({ [name]: 'abcdef0' })
  })

  test.each(['zz', 'abc', 'HEAD', 'abcdef0^', `${'a'.repeat(64)}0`, 'refs/pull/7/head'])(
    'a commit that is no id of one: %s',
    async (git_sha) => {
      const jobId = await createGitJob(api.ctx.db)
      const { body } = await trigger(jobId, { git_sha }).expect(400)
      expect(body.data).toEqual({
        git_sha: `Expected the id of a commit: 4 to 64 hexadecimal digits. Got "${git_sha}".`,
      })
    },
  )

  test('a simulated run reads no code, so that it takes any branch', async () => {
    const jobId = await createJob(api.ctx.db, { engine: 'simulated' })
    await trigger(jobId, { git_branch: 'feature' }).expect(200)
  })
})

describe('a schema, a target and a version are names, in which dbt finds no code', () => {
  test.each(['schema_override', 'target_name_override', 'dbt_version_override'])('%s', async (name) => {
    const jobId = await createJob(api.ctx.db)
    for (const text of [
      "{{ env_var('DBT_ENV_SECRET_TOKEN') }}",
      '{% raw %}',
      '../x',
      'a b',
      '-x',
      'x'.repeat(256),
      'é',
      // dbt puts a secret in for its own mark, after rendering.
      '$$$DBT_SECRET_START$$$DBT_ENV_SECRET_TOKEN$$$DBT_SECRET_END$$$',
    ]) {
      const { status, body } = await trigger(jobId, { [name]: text })
      expect([text, status, body.data?.[name]]).toEqual([
        text,
        400,
        expect.stringMatching(/^Expected a name of at most/),
      ])
    }
    for (const text of ['dbt_cloud_pr_1_23', '1.11.latest', 'PROD$', 'a-b', 'x'.repeat(255)])
      await trigger(jobId, { [name]: text }).expect(200)
  })
})
