import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createApiJob, createEnvironment, v2, v3 } from '../../support/objects.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

describe.each([v2, v3])('projects at %s', (base) => {
  test('are made, changed and deleted', async () => {
    const made = await api
      .post(`${base}/projects`)
      .send({ name: 'Shop', description: null, dbt_project_subdirectory: 'dbt/shop', account_id: 1, state: 1, type: 0 })
      .expect(201)
    const { id } = made.body.data
    expect(made.body.data).toMatchObject({
      name: 'Shop',
      description: '',
      dbt_project_subdirectory: 'dbt/shop',
      state: 1,
    })
    const changed = await api.post(`${base}/projects/${id}/`).send({ description: 'All of it' }).expect(200)
    expect(changed.body.data).toMatchObject({
      name: 'Shop',
      description: 'All of it',
      dbt_project_subdirectory: 'dbt/shop',
    })
    const cleared = await api.post(`${base}/projects/${id}/`).send({ dbt_project_subdirectory: null }).expect(200)
    expect(cleared.body.data.dbt_project_subdirectory).toBeNull()
    const gone = await api.delete(`${base}/projects/${id}/`).expect(200)
    expect(gone.body.data).toMatchObject({ id, state: 2 })
    await api.get(`${base}/projects/${id}/`).expect(404)
    await api.post(`${base}/projects/${id}/`).send({ name: 'x' }).expect(404)
  })

  test.each([
    [{}, 'name', /required/],
    [{ name: '' }, 'name', /not empty/],
    [{ name: 'x', dbt_project_subdirectory: '../up' }, 'dbt_project_subdirectory', /without "\.\."/],
    [{ name: 'x', connection_id: 7 }, 'connection_id', /connections belong to environments.* Got 7/],
    [{ name: 'x', stratus: { path: '/etc' } }, 'stratus.path', /STRATUS_PROJECT_ROOTS/],
    [{ name: 'x', stratus: { git: { url: 'file:///etc' } } }, 'stratus.git.url', /STRATUS_PROJECT_ROOTS/],
    [{ name: 'x', stratus: { git: { url: 'https://a:b@example.com/x' } } }, 'stratus.git.url', /without user/],
    [{ name: 'x', stratus: { path: '/a', git: { url: 'https://example.com/x' } } }, 'stratus.git', /not both/],
    [{ name: 'x', stratus: { pth: '/a' } }, 'stratus.pth', /expected "path"/],
  ])('%j is refused, by name', async (fields, name, sentence) => {
    const { body } = await api.post(`${base}/projects/`).send(fields).expect(400)
    expect(body.data).toEqual({ [name]: expect.stringMatching(sentence) })
  })
})

test('a deleted project takes its environments and jobs with it', async () => {
  const job = await createApiJob(api)
  const { body } = await api.post(`${v3}/projects/${job.project_id}/`).send({ state: 2 }).expect(200)
  expect(body.data.state).toBe(2)
  await api.get(`${v2}/jobs/${job.id}/`).expect(404)
  await api.get(`${v2}/environments/${job.environment_id}/`).expect(404)
})

test('a project has one repository, which is part of it', async () => {
  const { body } = await api
    .post(`${v3}/projects/`)
    .send({ name: 'Git', stratus: { id: 500 } })
    .expect(201)
  const { id } = body.data
  expect(id).toBe(500)
  const repositories = `${v3}/projects/${id}/repositories/`
  const terraform = { remote_url: 'git@example.com:team/shop.git', git_clone_strategy: 'deploy_key', state: 1 }
  const made = await api.post(repositories).send(terraform).expect(201)
  expect(made.body.data).toMatchObject({ id, project_id: id, remote_url: terraform.remote_url, full_name: 'team/shop' })
  await api.post(repositories).send({ remote_url: 'https://example.com/other.git' }).expect(400)
  const project = await api.get(`${v3}/projects/${id}/`).expect(200)
  expect(project.body.data).toMatchObject({ repository_id: id, repository: { remote_url: terraform.remote_url } })

  const one = await api.get(`${repositories}${id}/`).expect(200)
  const same = await api.post(`${repositories}${id}/`).send(one.body.data).expect(200)
  expect(same.body.data).toEqual(one.body.data)
  const moved = await api.post(`${repositories}${id}`).send({ remote_url: 'https://example.com/new.git' }).expect(200)
  expect(moved.body.data.remote_url).toBe('https://example.com/new.git')
  const { body: wrong } = await api.post(`${repositories}${id}/`).send({ remote_url: '--upload-pack=x' }).expect(400)
  expect(wrong.data.remote_url).toMatch(/address of a git repository/)
  await api.post(`${repositories}${id}/`).send({ remote_url: '/srv/repository' }).expect(400)
  await api.get(`${repositories}${id + 1}/`).expect(404)

  const listed = await api.get(`${v2}/repositories/?remote_url=https://example.com/new.git`).expect(200)
  expect(listed.body.data).toMatchObject([{ id, created_at: expect.stringContaining('T') }])
  expect((await api.get(`${v2}/repositories/?project_id=${id + 1}`)).body.data).toEqual([])
  expect((await api.get(repositories)).body.data).toHaveLength(1)
  await api.get(`${v2}/repositories/${id}/`).expect(200)

  const gone = await api.delete(`${repositories}${id}`).expect(200)
  expect(gone.body.data).toMatchObject({ id, state: 2 })
  await api.get(`${repositories}${id}/`).expect(404)
  await api.get(`${v2}/repositories/${id}/`).expect(404)
})

test('a null repository_id takes the code from a project', async () => {
  const git = { url: 'https://example.com/a.git', branch: 'main' }
  const made = await api.post(`${v2}/projects/`).send({ name: 'Code', stratus: { git } }).expect(201)
  const { id } = made.body.data
  const read = await api.get(`${v2}/projects/${id}/?include_related=["stratus"]`).expect(200)
  expect(read.body.data.stratus).toEqual({ id, path: null, git })
  const { body } = await api.post(`${v2}/projects/${id}/?include_related=stratus`).send({ repository_id: null })
  expect(body.data).toMatchObject({ repository_id: null, stratus: { git: null } })
})

describe.each([
  ['v2', () => `${v2}/environments/`],
  ['v3, of the account', () => `${v3}/environments/`],
  ['v3, of a project', (project: number) => `${v3}/projects/${project}/environments/`],
])('environments of %s', (_name, pathOf) => {
  test('are made, changed and deleted', async () => {
    const { projectId } = await createEnvironment(api)
    const path = pathOf(projectId)
    // dbt-cloud-cli sends no type.
    const made = await api.post(path).send({ project_id: projectId, name: 'Staging', account_id: 1 }).expect(201)
    const { id } = made.body.data
    expect(made.body.data).toMatchObject({
      project_id: projectId,
      name: 'Staging',
      type: 'deployment',
      deployment_type: null,
      dbt_version: 'latest',
      use_custom_branch: false,
      custom_branch: null,
      credentials_id: null,
    })
    const changed = await api
      .post(`${path}${id}`)
      .send({ id, deployment_type: 'staging', use_custom_branch: true, custom_branch: 'next', dbt_version: '1.10.0' })
      .expect(200)
    expect(changed.body.data).toMatchObject({
      name: 'Staging',
      deployment_type: 'staging',
      custom_branch: 'next',
      use_custom_branch: true,
      dbt_version: '1.10.0',
    })
    // Terraform's provider: no branch is an empty text, and the objects inside come back as zeros.
    const plain = await api
      .post(`${path}${id}/`)
      .send({
        use_custom_branch: false,
        custom_branch: '',
        project: { id: 0, name: '' },
        jobs: null,
        credentials: null,
      })
      .expect(200)
    expect(plain.body.data).toMatchObject({ custom_branch: null, use_custom_branch: false })
    expect((await api.get(`${path}${id}`).expect(200)).body.data).toEqual(plain.body.data)

    const { body: other } = await api
      .post(`${path}${id}/`)
      .send({ project_id: projectId + 1 })
      .expect(400)
    expect(Object.keys(other.data)).toEqual(['project_id'])
    const gone = await api.delete(`${path}${id}/`).expect(200)
    expect(gone.body.data).toMatchObject({ id, state: 2 })
    await api.get(`${path}${id}/`).expect(404)
    await api.delete(`${path}${id}/`).expect(404)
  })
})

test('an environment says all that stratus.yml says', async () => {
  const { projectId } = await createEnvironment(api)
  const stratus = {
    id: 900,
    engine: 'simulated',
    dbt: { command: 'dbt' },
    profile: { name: 'shop', target: 'prod' },
    max_parallel_runs: 2,
    run_as: 'shop_dbt',
  }
  const path = `${v3}/projects/${projectId}/environments/`
  const made = await api.post(`${path}?include_related=stratus`).send({ name: 'Odd', stratus }).expect(201)
  expect(made.body.data.stratus).toEqual({ ...stratus, connection: null })
  const unaware = await api.get(`${path}900/`).expect(200)
  expect(unaware.body.data).not.toHaveProperty('stratus')
  // A client that knows nothing of it sends the rest back, and loses nothing.
  await api.post(`${path}900/`).send(unaware.body.data).expect(200)
  const cleared = await api
    .post(`${path}900/?include_related=stratus`)
    .send({ stratus: { profile: null, max_parallel_runs: null } })
    .expect(200)
  expect(cleared.body.data.stratus).toMatchObject({ engine: 'simulated', profile: null, max_parallel_runs: null })
})

test.each([
  [{ stratus: { dbt: { command: '/bin/sh' } } }, 'stratus.dbt.command', /STRATUS_DBT_COMMANDS/],
  [{ stratus: { run_as: 'postgres' } }, 'stratus.run_as', /expected one of shop_dbt \(STRATUS_DBT_USERS/],
  [{ stratus: { credentials: { password: 'hush' } } }, 'stratus.credentials', /connection beside them/],
  [{ stratus: { connection: { type: 'Postgres!' } } }, 'stratus.connection.type', /name of a dbt adapter/],
  [{ stratus: { connection: { type: 'postgres', password: ['hush'] } } }, 'stratus.connection.password', /not shown/],
  [{ type: 'holiday' }, 'type', /deployment, development/],
  [{ connection_id: 999_999 }, 'connection_id', /a connection of its account or of project/],
  [{ credentials_id: 999_999 }, 'credentials_id', /beside credentials_id/],
])('an environment with %j is refused, by name', async (fields, name, sentence) => {
  const { projectId } = await createEnvironment(api)
  const { body, text } = await api
    .post(`${v3}/projects/${projectId}/environments/`)
    .send({ name: 'Wrong', ...fields })
    .expect(400)
  expect(body.data).toEqual({ [name]: expect.stringMatching(sentence) })
  expect(text).not.toContain('hush')
})

test('a deleted environment takes its jobs with it', async () => {
  const job = await createApiJob(api)
  await api.delete(`${v3}/environments/${job.environment_id}/`).expect(200)
  await api.get(`${v2}/jobs/${job.id}/`).expect(404)
})

test('what a token may do to projects and environments', async () => {
  const { projectId, environmentId } = await createEnvironment(api)
  const jobAdmin = api.as(await api.createToken([{ permission_set: 'job_admin', project_ids: [projectId] }]))
  const ofAnother = jobAdmin.post(`${v3}/environments/${environmentId}/`).send({ stratus: { run_as: 'shop_dbt' } })
  expect((await ofAnother.expect(403)).text).toContain('for all projects')
  await jobAdmin.post(`${v3}/projects/${projectId}/`).send({ name: 'x' }).expect(403)
  await jobAdmin.post(`${v3}/projects/`).send({ name: 'x' }).expect(403)
  await jobAdmin.post(`${v3}/environments/${environmentId}/`).send({ name: 'Renamed' }).expect(200)
  const other = await createEnvironment(api)
  await jobAdmin.post(`${v2}/environments/${other.environmentId}/`).send({ name: 'x' }).expect(404)
  await jobAdmin.post(`${v2}/environments/`).send({ name: 'x', project_id: other.projectId }).expect(404)
  const admin = api.as(await api.createToken([{ permission_set: 'admin', project_ids: [projectId] }]))
  await admin.post(`${v3}/projects/${projectId}/`).send({ name: 'Mine' }).expect(200)
  // It would not see what it makes.
  await admin.post(`${v3}/projects/`).send({ name: 'x' }).expect(403)
})
