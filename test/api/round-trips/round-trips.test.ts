import fc from 'fast-check'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createEnvironment, v2, v3 } from '../../support/objects.ts'
import { connection, credentials } from './arbitrary-connections.ts'
import { environment } from './arbitrary-environments.ts'
import { job, schedule } from './arbitrary-jobs.ts'
import { project } from './arbitrary-projects.ts'
import { text } from './arbitrary-words.ts'

// An object that a client reads and sends back whole changes nothing: not itself, not its row, not `updated_at`.

let api: TestApi
let projectId: number
let environmentId: number
beforeAll(async () => {
  api = await createTestApi()
  const ids = await createEnvironment(api)
  projectId = ids.projectId
  environmentId = ids.environmentId
})
afterAll(() => api.close())

const runs = { numRuns: 25 }

async function row(table: 'jobs' | 'projects' | 'environments' | 'connections' | 'credentials', rowId: number) {
  return await api.ctx.db.selectFrom(table).selectAll().where('id', '=', rowId).executeTakeFirstOrThrow()
}

/** Makes an object, sends back what is read of it, and compares what is shown and what is stored. */
async function sendBack(
  table: Parameters<typeof row>[0],
  path: string,
  fields: object,
  include = '',
): Promise<Record<string, unknown>> {
  const made = await api.post(path).send(fields)
  expect([made.status, made.body.data]).toEqual([201, expect.objectContaining({ id: expect.any(Number) })])
  const url = `${path}${made.body.data.id}/`
  const read = await api.get(`${url}${include}`).expect(200)
  const before = await row(table, made.body.data.id)
  const answered = await api.post(url).send(read.body.data)
  expect([answered.status, answered.body.data]).toEqual([200, expect.anything()])
  const after = await api.get(`${url}${include}`).expect(200)
  expect({ ...after.body.data, next_run_humanized: '' }).toEqual({ ...read.body.data, next_run_humanized: '' })
  expect(await row(table, made.body.data.id)).toEqual(before)
  return read.body.data
}

test('jobs', async () => {
  const path = `${v2}/jobs/`
  await fc.assert(
    fc.asyncProperty(
      job,
      fc.constantFrom('', '?include_related=["environment","stratus"]'),
      async (fields, include) => {
        const owner = { project_id: projectId, environment_id: environmentId }
        const read = await sendBack('jobs', path, { ...owner, ...fields }, include)
        expect(read).toMatchObject({
          name: fields.name,
          description: fields.description,
          execute_steps: fields.execute_steps,
        })
        // Read as one job and sent as another, as dbtc and dbt-cloud-cli copy them.
        const { id: _id, stratus: _stratus, environment: _environment, ...copy } = read
        const made = await api.post(path).send(copy).expect(201)
        const { created_at: _created, updated_at: _updated, ...settings } = copy
        expect(made.body.data).toMatchObject(settings)
      },
    ),
    runs,
  )
})

test('jobs that run on a schedule', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (given) => {
      const fields = { project_id: projectId, environment_id: environmentId, name: 'S', triggers: { schedule: true } }
      const says = 'date' in given || given.cron !== ''
      if (!says) return
      await sendBack('jobs', `${v2}/jobs/`, { ...fields, schedule: given })
    }),
    runs,
  )
})

test.each([v2, v3])('projects at %s', async (base) => {
  await fc.assert(
    fc.asyncProperty(project, fc.constantFrom('', '?include_related=stratus,environments'), async (fields, include) => {
      const read = await sendBack('projects', `${base}/projects/`, fields, include)
      expect(read).toMatchObject({ name: fields.name, description: fields.description })
    }),
    runs,
  )
})

test.each([
  () => `${v2}/environments/`,
  () => `${v3}/environments/`,
  () => `${v3}/projects/${projectId}/environments/`,
])('environments, path %#', async (path) => {
  await fc.assert(
    fc.asyncProperty(environment, fc.constantFrom('', '?include_related=stratus'), async (fields, include) => {
      await sendBack('environments', path(), { ...fields, project_id: projectId }, include)
    }),
    runs,
  )
})

test('connections and credentials', async () => {
  const base = `${v3}/projects/${projectId}`
  await fc.assert(
    fc.asyncProperty(connection, credentials, async (ofConnection, ofCredentials) => {
      const read = await sendBack('connections', `${base}/connections/`, ofConnection)
      expect(read.details).toMatchObject(
        Object.fromEntries(Object.entries(ofConnection.details).filter(([name]) => !name.startsWith('host'))),
      )
      await sendBack('credentials', `${base}/credentials/`, ofCredentials)
    }),
    runs,
  )
})

test('environment variables', async () => {
  const path = `${v3}/projects/${projectId}/environment-variables/`
  const name = fc.stringMatching(/^DBT_(ENV_SECRET_)?[A-Z]{1,8}$/)
  await fc.assert(
    fc.asyncProperty(name, text, async (variable, raw_value) => {
      const made = await api.post(path).send({ name: variable, type: 'project', raw_value }).expect(201)
      const rowOf = async () =>
        await api.ctx.db.selectFrom('environment_variables').selectAll().where('id', '=', made.body.data.id).execute()
      const before = await rowOf()
      const same = await api.post(`${path}${made.body.data.id}/`).send(made.body.data).expect(200)
      expect(same.body.data).toEqual(made.body.data)
      expect(await rowOf()).toEqual(before)
    }),
    runs,
  )
})

test('and all of it is exported and applied without a change', async () => {
  const { body } = await api.get('/api/stratus/v1/export/').expect(200)
  const { document } = body.data
  const plan = await api.post('/api/stratus/v1/apply/').send({ document, dry_run: true, prune: true })
  expect([plan.status, plan.body.status.user_message]).toEqual([200, 'Success!'])
  expect(plan.body.data.entries.length).toBeGreaterThan(100)
  expect(plan.body.data.entries.filter(({ action }: { action: string }) => action !== 'unchanged')).toEqual([])
})
