import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Database } from '../../../src/db/database.ts'
import { applyDocument } from '../../../src/definitions/stratus-yml/apply/apply-document.ts'
import { pathText } from '../../../src/definitions/stratus-yml/schema/problem.ts'
import { createTestDatabase } from '../../support/database/test-database.ts'
import { applyTo, emptyAccount, secretBox, shop } from '../../support/documents/apply.ts'

let dir: string
let database: Database
beforeAll(async () => {
  database = await createTestDatabase('postgres')
  dir = await realpath(await mkdtemp(path.join(tmpdir(), 'stratus-warnings-')))
  await mkdir(path.join(dir, 'shop'))
  await mkdir(path.join(dir, 'empty'))
  await writeFile(path.join(dir, 'shop/dbt_project.yml'), 'name: shop\nprofile: shop\n')
  await writeFile(
    path.join(dir, 'shop/profiles.yml'),
    'shop: { target: dev, outputs: { dev: {}, prod: {} } }\nlate: { outputs: \'{{ env_var("X") }}\' }\n',
  )
})
beforeEach(() => emptyAccount(database))
afterAll(async () => {
  await database.close()
  await rm(dir, { recursive: true, force: true })
})

async function applied(document: object, policy: object = {}) {
  const machine = { projectRoots: [], dbtCommands: [], dbtUsers: [], unrestricted: true, ...policy }
  const plan = await applyDocument({ db: database.db, secretBox, policy: machine }, document, { accountId: 1 })
  return plan.warnings.map(({ path: at, message }) => `${pathText(at)}: ${message}`)
}

const job = { name: 'Build', execute_steps: ['dbt build'] }
const inShop = (environment: object) => shop(environment, { path: `${dir}/shop` })

describe('a folder that is not here', () => {
  const nowhere = () => `${dir}/nosuchdir`
  test.each([
    [() => ({ path: nowhere() }), () => `projects[0].path: there is no folder ${nowhere()} on this machine`],
    [
      () => ({ path: null, git: { url: nowhere() } }),
      () => `projects[0].git.url: there is no folder ${nowhere()} on this machine`,
    ],
    [
      () => ({ path: `${dir}/shop`, subdirectory: 'nosuchdir' }),
      () => `projects[0].subdirectory: there is no folder ${dir}/shop/nosuchdir on this machine`,
    ],
  ])('is a warning where other machines may execute its runs, else a mistake', async (project, message) => {
    const document = shop({ jobs: [job] }, project())
    expect(await applied(document)).toEqual([message()])
    await expect(applied(document, { executesHere: true })).rejects.toThrow(message())
  })

  test('is nothing that a simulated run would miss', async () => {
    const simulated = shop({ engine: 'simulated', jobs: [job] }, { path: nowhere() })
    expect(await applied(simulated, { executesHere: true })).toEqual([])
    const mixed = shop({ engine: 'simulated', jobs: [{ ...job, engine: 'dbt' }] }, { path: nowhere() })
    expect(await applied(mixed)).toHaveLength(1)
  })
})

test('a folder without a dbt project and a program that is not there are warnings', async () => {
  const document = shop({ dbt: { command: `${dir}/bin/dbt` }, jobs: [job] }, { path: `${dir}/empty` })
  expect(await applied(document, { executesHere: true })).toEqual([
    `projects[0].path: there is no dbt_project.yml in ${dir}/empty`,
    `projects[0].environments[0].dbt.command: there is no program ${dir}/bin/dbt on this machine`,
  ])
})

describe("profiles and targets are looked up in the project's own profiles.yml", () => {
  test.each([
    [{ profile: { target: 'prod' } }, undefined],
    [{ profile: { target: 'prd' } }, /^projects\[0\]\.environments\[0\]\.profile\.target: there is no target "prd"/],
    [{ profile: { name: 'shops' } }, /profile\.name: there is no profile "shops" in .*; it has shop, late$/],
    [{ jobs: [{ ...job, settings: { target_name: 'x' } }] }, /settings\.target_name: .* of .*; it has dev, prod$/],
    [{ jobs: [{ ...job, settings: { target_name: 'default' } }] }, undefined],
    [{ profile: { name: 'late', target: 'x' } }, undefined],
    [{ engine: 'simulated', profile: { target: 'x' } }, undefined],
    [{ connection: { type: 'duckdb', path: ':memory:' }, profile: { target: 'x' } }, undefined],
  ])('%j', async (environment, warning) => {
    const warnings = await applied(inShop(environment))
    expect(warnings).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)])
  })

  test('where dbt looks somewhere else first, nothing is said', async () => {
    expect(await applied(inShop({ profile: { target: 'x' } }), { profilesDir: '/etc/dbt' })).toEqual([])
  })
})

test('a secret that is too short to be hidden is a warning, which does not show it', async () => {
  const variables = { DBT_ENV_SECRET_A: 'run', DBT_ENV_SECRET_B: 'long enough', DBT_C: 'x', DBT_ENV_SECRET_D: '' }
  const document = shop({
    engine: 'simulated',
    environment_variables: variables,
    connection: { type: 'duckdb', path: ':memory:', token: 'abc' },
    credentials: { password: 12 },
    jobs: [{ ...job, environment_variables: { DBT_ENV_SECRET_E: true, DBT_ENV_SECRET_F: 1 } }],
  })
  const environment = 'projects[0].environments[0]'
  const sentence = 'a secret of fewer than 4 characters is not hidden in logs'
  expect(await applied(document)).toEqual([
    `${environment}.environment_variables.DBT_ENV_SECRET_A: ${sentence}`,
    `${environment}.connection.token: ${sentence}`,
    `${environment}.credentials.password: ${sentence}`,
    `${environment}.jobs[0].environment_variables.DBT_ENV_SECRET_F: ${sentence}`,
  ])
})

describe('what the account has beyond the document', () => {
  test('is in the plan, which says what prune would delete and what fires on', async () => {
    const apply = applyTo(database)
    const nightly = { ...job, name: 'Nightly', triggers: { schedule: true }, schedule: { cron: '0 6 * * *' } }
    const other = { name: 'Other', path: '/srv/other', environments: [{ name: 'Production' }] }
    const { projects } = shop({ jobs: [job, nightly] })
    await apply({ projects: [...projects, other] })
    const document = shop({ jobs: [job] })
    const project = { kind: 'project', name: 'Other', within: [], scheduled: false, prunable: false }
    const left = { kind: 'job', name: 'Nightly', within: ['Shop', 'Production'], scheduled: true, prunable: true }
    const { leftOut } = await apply(document, { dryRun: true })
    expect(leftOut).toEqual([
      { ...project, id: expect.any(Number) },
      { ...left, id: expect.any(Number) },
    ])
    expect((await apply(document, { prune: true })).leftOut).toEqual([{ ...project, id: expect.any(Number) }])
  })

  test('is named where a new object may be one of it renamed', async () => {
    const apply = applyTo(database)
    const named = (name: string) => ({ ...job, name })
    await apply(shop({ jobs: [named('Vars'), named('Never')] }))
    const { entries } = await apply(shop({ jobs: [named('Variables')] }), { dryRun: true })
    expect(entries.find(({ name }) => name === 'Variables')?.note).toMatch(
      /^No job here .* If it is one of "Vars" \(\d+\), "Never" \(\d+\) renamed, give it the id of that one\.$/,
    )
  })
})
