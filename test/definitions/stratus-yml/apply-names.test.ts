import type { Database } from '../../../src/db/database.ts'
import { exportDocument } from '../../../src/definitions/stratus-yml/export/export-document.ts'
import { createTestDatabase } from '../../support/database/test-database.ts'
import { applyTo, emptyAccount, secretBox, shop } from '../../support/documents/apply.ts'

let database: Database
let apply: ReturnType<typeof applyTo>
beforeAll(async () => {
  database = await createTestDatabase('postgres')
  apply = applyTo(database)
})
beforeEach(() => emptyAccount(database))
afterAll(() => database.close())

const build = { name: 'Build', execute_steps: ['dbt build'] }
const after = (job: string) => ({ job_completion_trigger_condition: { condition: { job, statuses: [10] } } })
const docs = { name: 'Docs', execute_steps: ['dbt docs generate'], ...after('Build') }

async function jobNamed(name: string) {
  return await database.db.selectFrom('jobs').selectAll().where('name', '=', name).executeTakeFirstOrThrow()
}

test('a new job is awaited, and deferred to, by its name, wherever it stands in the file', async () => {
  const ci = { name: 'CI', execute_steps: ['dbt build'], deferring_job: 'Build', deferring_environment: 'Production' }
  const document = shop({ jobs: [docs, ci, build] })
  const dry = await apply(document, { dryRun: true })
  expect(dry.entries.map(({ id }) => id)).toEqual([null, null, null, null, null])
  expect(dry.entries.find(({ name }) => name === 'Docs')?.changes).toContainEqual({
    key: 'job_completion_trigger_condition',
    from: null,
    to: { condition: { job: 'Shop/Production/Build', statuses: [10] } },
  })
  expect(dry.entries.find(({ name }) => name === 'CI')?.changes).toContainEqual({
    ...{ key: 'deferring_job_definition_id', from: null, to: 'Shop/Production/Build' },
  })
  await apply(document)
  const awaited = await jobNamed('Build')
  expect((await jobNamed('Docs')).job_completion_trigger).toEqual({
    condition: { job_id: awaited.id, project_id: awaited.project_id, statuses: [10] },
  })
  expect(await jobNamed('CI')).toMatchObject({
    deferring_job_definition_id: awaited.id,
    deferring_environment_id: awaited.environment_id,
  })
  expect((await apply(document)).entries.every(({ action }) => action === 'unchanged')).toBe(true)
})

test('a job that the file does not have is named, too', async () => {
  await apply(shop({ jobs: [build] }))
  await apply(shop({ jobs: [docs] }))
  expect((await jobNamed('Docs')).job_completion_trigger?.condition.job_id).toBe((await jobNamed('Build')).id)
  await expect(apply(shop({ jobs: [docs] }), { prune: true })).rejects.toThrow(
    'projects[0].environments[0].jobs[0].job_completion_trigger_condition.condition.job: got "Build", expected the name of a job of this account: there is none with it',
  )
})

test('a name that means several is refused with the names that tell them apart', async () => {
  const document = (job: string) => ({
    projects: [
      {
        name: 'Shop',
        path: '/srv/shop',
        environments: [
          { name: 'Production', jobs: [build, { ...docs, ...after(job) }] },
          { name: 'Staging', jobs: [{ ...build, id: 70 }] },
        ],
      },
    ],
  })
  await expect(apply(document('Build'))).rejects.toThrow(
    'condition.job: got "Build", the name of 2 jobs, expected one of "Shop/Production/Build", "Shop/Staging/Build", or an id',
  )
  await apply(document('Staging/Build'))
  expect((await jobNamed('Docs')).job_completion_trigger?.condition.job_id).toBe(70)
  const { document: exported } = await exportDocument({ db: database.db, secretBox }, 1)
  expect(exported.projects[0]?.environments?.[0]?.jobs).toContainEqual(
    expect.objectContaining({ name: 'Docs', ...after('Staging/Build') }),
  )
  expect((await apply(exported, { prune: true })).entries.every(({ action }) => action === 'unchanged')).toBe(true)
})

test.each([
  [after('Biuld'), /condition\.job: got "Biuld", .* there is none with it; did you mean "Build"\?/],
  [after('Docs'), /expected a job that does not itself wait for this one/],
  [
    { deferring_job: 'Build', deferring_job_definition_id: 1 },
    /deferring_job: got deferring_job beside .*, expected one/,
  ],
  [{ deferring_environment: 'Prod' }, /deferring_environment: got "Prod", expected the name of an environment/],
  [{ job_completion_trigger_condition: { condition: { statuses: [10] } } }, /condition: got no job, expected job/],
  [
    { job_completion_trigger_condition: { condition: { job: 'Build', job_id: 1, statuses: [10] } } },
    /condition\.job: got job beside job_id, expected one of them/,
  ],
])('%j is refused', async (fields, message) => {
  await expect(apply(shop({ jobs: [build, { ...docs, ...fields }] }))).rejects.toThrow(message)
})
