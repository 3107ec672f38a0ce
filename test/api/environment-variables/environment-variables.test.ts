import { placeInVariable } from '../../../src/secrets/secret-place.ts'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createApiJob, createEnvironment, v2, v3 } from '../../support/objects.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const pathOf = (projectId: unknown) => `${v3}/projects/${projectId}/environment-variables/`

/** A run of the job would find these, secrets in the clear. */
async function storedValues(projectId: number): Promise<Record<string, string>> {
  const rows = await api.ctx.db
    .selectFrom('environment_variables')
    .selectAll()
    .where('project_id', '=', projectId)
    .execute()
  return Object.fromEntries(
    rows.map((row) => [
      `${row.name}@${row.job_id ?? row.environment_id ?? 'project'}`,
      row.ciphertext === null ? (row.value ?? '') : api.ctx.secretBox.decrypt(row.ciphertext, placeInVariable(row)),
    ]),
  )
}

test('variables of a project, an environment and a job are made, changed and deleted', async () => {
  const job = await createApiJob(api)
  const projectId = Number(job.project_id)
  const path = pathOf(projectId)
  const owners = [
    { type: 'project' },
    { type: 'environment', environment_id: job.environment_id },
    { type: 'job', job_definition_id: job.id },
  ]
  const ids: number[] = []
  for (const owner of owners) {
    const { body } = await api
      .post(path)
      .send({ account_id: 1, project_id: projectId, name: 'DBT_REGION', raw_value: owner.type, ...owner })
      .expect(201)
    expect(body.data).toMatchObject({ name: 'DBT_REGION', ...owner, display_value: owner.type, user_id: null })
    ids.push(body.data.id)
  }
  const [ofProject, ofEnvironment, ofJob] = ids.map((id, index) => ({ id, value: owners[index]?.type }))
  const environments = await api.get(`${path}environment/`).expect(200)
  expect(environments.body.data).toEqual({
    environments: ['project', 'Production'],
    variables: { DBT_REGION: { project: ofProject, Production: ofEnvironment } },
  })
  const jobs = await api.get(`${path}job/?job_definition_id=${job.id}`).expect(200)
  expect(jobs.body.data).toEqual({ DBT_REGION: { project: ofProject, environment: ofEnvironment, job: ofJob } })
  const user = await api.get(`${path}user`).expect(200)
  expect(user.body.data).toEqual({ DBT_REGION: { project: ofProject } })

  const changed = await api.post(`${path}${ofJob?.id}/`).send({ raw_value: 'eu', name: 'DBT_AREA' }).expect(200)
  expect(changed.body.data).toMatchObject({ id: ofJob?.id, name: 'DBT_AREA', display_value: 'eu', type: 'job' })
  const gone = await api.delete(`${path}${ofEnvironment?.id}/`).expect(200)
  expect(gone.body.data).toMatchObject({ id: ofEnvironment?.id, state: 2 })
  await api.delete(`${path}${ofEnvironment?.id}/`).expect(404)
  const after = await api.get(`${path}job/?job_definition_id=${job.id}`).expect(200)
  // A level without a value is left out: a null would break dbt-jobs-as-code.
  expect(after.body.data).toEqual({ DBT_REGION: { project: ofProject }, DBT_AREA: { job: { ...ofJob, value: 'eu' } } })
})

test('dbt-jobs-as-code sends a null display_value beside the real one, and reads what it needs', async () => {
  const job = await createApiJob(api)
  const { body } = await api
    .post(pathOf(job.project_id))
    .send({
      id: null,
      account_id: 1,
      project_id: job.project_id,
      job_definition_id: job.id,
      name: 'DBT_X',
      type: 'job',
      raw_value: 'real',
      display_value: null,
    })
    .expect(201)
  expect(body.data).toMatchObject({ name: 'DBT_X', display_value: 'real', project_id: job.project_id, account_id: 1 })
  // A repeated request does no harm.
  await api
    .post(pathOf(job.project_id))
    .send({ name: 'DBT_X', type: 'job', job_definition_id: job.id, raw_value: 'new', display_value: 'old' })
    .expect(201)
  expect(await storedValues(Number(job.project_id))).toEqual({ [`DBT_X@${job.id}`]: 'new' })
})

test('a secret is stored encrypted, shown as asterisks, and kept when they come back', async () => {
  const { projectId } = await createEnvironment(api)
  const path = pathOf(projectId)
  const made = await api.post(path).send({ name: 'DBT_ENV_SECRET_KEY', type: 'project', raw_value: 'hush' }).expect(201)
  const same = await api
    .post(`${path}${made.body.data.id}/`)
    .send({ ...made.body.data, raw_value: '********' })
    .expect(200)
  const asRead = await api.post(`${path}${made.body.data.id}/`).send(same.body.data).expect(200)
  expect(asRead.body.data).toEqual(made.body.data)
  const list = await api.get(`${path}environment/`).expect(200)
  for (const { text } of [made, same, list]) {
    expect(text).not.toContain('hush')
    expect(text).toContain('********')
  }
  expect(await storedValues(projectId)).toEqual({ 'DBT_ENV_SECRET_KEY@project': 'hush' })
  const [row] = await api.ctx.db
    .selectFrom('environment_variables')
    .selectAll()
    .where('project_id', '=', projectId)
    .execute()
  expect(row?.value).toBeNull()
  await api.post(`${path}${made.body.data.id}/`).send({ name: 'DBT_ENV_SECRET_OTHER' }).expect(200)
  expect(await storedValues(projectId)).toEqual({ 'DBT_ENV_SECRET_OTHER@project': 'hush' })
})

test('no other name shows a secret: a plain one needs another value', async () => {
  const { projectId } = await createEnvironment(api)
  const path = pathOf(projectId)
  const made = await api.post(path).send({ name: 'DBT_ENV_SECRET_KEY', type: 'project', raw_value: 'hush' }).expect(201)
  const own = `${path}${made.body.data.id}/`
  const refused = [
    await api.post(own).send({ name: 'DBT_KEY' }).expect(400),
    await api.post(own).send({ name: 'DBT_KEY', raw_value: '********' }).expect(400),
    await api
      .put(`${path}bulk/`)
      .send({ env_var: { name: 'DBT_ENV_SECRET_KEY', new_name: 'DBT_KEY' } })
      .expect(400),
  ]
  for (const { body } of refused) {
    expect(Object.values(body.data)).toEqual([
      expect.stringContaining('Expected a name that begins with DBT_ENV_SECRET'),
    ])
  }
  expect(await storedValues(projectId)).toEqual({ 'DBT_ENV_SECRET_KEY@project': 'hush' })
  await api.post(own).send({ name: 'DBT_KEY', raw_value: 'new' }).expect(200)
  await api.post(own).send({ name: 'DBT_ENV_SECRET_KEY' }).expect(200)
  expect(await storedValues(projectId)).toEqual({ 'DBT_ENV_SECRET_KEY@project': 'new' })
})

test('names that dbt Cloud does not have are listed where they are, not among what jobs inherit', async () => {
  const job = await createApiJob(api)
  const path = pathOf(job.project_id)
  await api.post(path).send({ name: 'region', type: 'project', raw_value: 'eu' }).expect(201)
  await api.post(path).send({ name: 'own', type: 'job', job_definition_id: job.id, raw_value: '1' }).expect(201)
  const environments = await api.get(`${path}environment/`).expect(200)
  expect(Object.keys(environments.body.data.variables)).toEqual(['region'])
  const jobs = await api.get(`${path}job/?job_definition_id=${job.id}`).expect(200)
  expect(Object.keys(jobs.body.data)).toEqual(['own'])
})

test.each([
  [{ type: 'project', raw_value: 'x' }, { name: /required/ }],
  [{ name: 'DBT_X', raw_value: 'x' }, { type: /required/ }],
  [{ name: 'DBT_X', type: 'project' }, { raw_value: /required/ }],
  [{ name: 'DBT_X', type: 'job', raw_value: 'x' }, { job_definition_id: /required/ }],
  [
    { name: 'DBT_X', type: 'environment', environment_id: 999_999, raw_value: 'x' },
    { environment_id: /an environment of/ },
  ],
  [{ name: 'LD_PRELOAD', type: 'project', raw_value: 'x' }, { name: /other names: Stratus sets/ }],
  [{ name: 'a b', type: 'project', raw_value: 'x' }, { name: /letters, digits/ }],
  [{ name: 'DBT_X', type: 'planet', raw_value: 'x' }, { type: /Expected one of project/ }],
  [{ name: 'DBT_X', type: 'project', raw_value: ['hush'] }, { raw_value: /Got a value that is not shown/ }],
])('%j is refused, by name', async (fields, expected) => {
  const { projectId } = await createEnvironment(api)
  const { body } = await api.post(pathOf(projectId)).send(fields).expect(400)
  expect(body.data).toEqual(
    Object.fromEntries(Object.entries(expected).map(([name, sentence]) => [name, expect.stringMatching(sentence)])),
  )
})

test('variables of users, and of other projects’ jobs, are not to be had', async () => {
  const job = await createApiJob(api)
  const other = await createApiJob(api)
  const path = pathOf(job.project_id)
  await api.post(path).send({ name: 'DBT_X', type: 'user', raw_value: 'x' }).expect(501)
  const foreign = { name: 'DBT_X', type: 'job', job_definition_id: other.id, raw_value: 'x' }
  await api.post(path).send(foreign).expect(400)
  await api.get(`${path}job/?job_definition_id=${other.id}`).expect(404)
  expect((await api.get(`${path}job/`).expect(200)).body.data).toEqual({})
  const { body } = await api.post(pathOf(other.project_id)).send(foreign).expect(201)
  await api.post(`${path}${body.data.id}/`).send({ raw_value: 'y' }).expect(404)
  await api.delete(`${path}${body.data.id}/`).expect(404)
})

test('what belongs to deleted jobs and environments is not listed', async () => {
  const job = await createApiJob(api)
  const path = pathOf(job.project_id)
  await api.post(path).send({ name: 'DBT_X', type: 'job', job_definition_id: job.id, raw_value: 'x' }).expect(201)
  await api
    .post(path)
    .send({ name: 'DBT_Y', type: 'environment', environment_id: job.environment_id, raw_value: 'y' })
    .expect(201)
  await api.delete(`${v2}/environments/${job.environment_id}/`).expect(200)
  const { body } = await api.get(`${path}environment/`).expect(200)
  expect(body.data).toEqual({ environments: ['project'], variables: {} })
})

test('what a token may do to variables', async () => {
  const { projectId } = await createEnvironment(api)
  const viewer = api.as(await api.createToken([{ permission_set: 'job_runner', project_ids: [projectId] }]))
  await viewer.post(pathOf(projectId)).send({ name: 'DBT_X', type: 'project', raw_value: 'x' }).expect(403)
  await viewer
    .delete(`${pathOf(projectId)}bulk/`)
    .send({ name: 'DBT_X' })
    .expect(403)
  const jobAdmin = api.as(await api.createToken([{ permission_set: 'job_admin', project_ids: [projectId] }]))
  await jobAdmin.post(pathOf(projectId)).send({ name: 'DBT_X', type: 'project', raw_value: 'x' }).expect(201)
})
