import type { Database } from '../../../src/db/database.ts'
import type { EnvironmentVariableRow } from '../../../src/db/schema/environment-variables.ts'
import { openSecrets } from '../../../src/definitions/connections/secrets.ts'
import { placeInEnvironment, placeInVariable } from '../../../src/secrets/secret-place.ts'
import { createTestDatabase, databaseKinds } from '../../support/database/test-database.ts'
import { applyTo, emptyAccount, lines, secretBox, shop } from '../../support/documents/apply.ts'

function textOf(row: EnvironmentVariableRow): string | null {
  return row.ciphertext === null ? row.value : secretBox.decrypt(row.ciphertext, placeInVariable(row))
}

describe.each(databaseKinds)('on %s', (kind) => {
  let database: Database
  let apply: ReturnType<typeof applyTo>
  beforeAll(async () => {
    database = await createTestDatabase(kind)
    apply = applyTo(database)
  })
  afterAll(() => database.close())
  beforeEach(() => emptyAccount(database))

  const jobs = () => database.db.selectFrom('jobs').selectAll().orderBy('id').execute()

  test('a whole document becomes rows, and applying it again changes nothing', async () => {
    const document = {
      account: { id: 1, name: 'Data', run_slots: 2 },
      projects: [
        {
          id: 10,
          name: 'Shop',
          description: 'All of it',
          git: { url: 'https://example.com/shop.git', branch: 'main' },
          subdirectory: 'dbt/',
          environment_variables: { DBT_REGION: 'eu', DBT_N: 1.5 },
          environments: [
            {
              id: 20,
              name: 'Production',
              deployment_type: 'production',
              dbt: { command: '/opt/dbt' },
              connection: { type: 'postgres', host: 'db', port: 5432, password: 'hunter2' },
              credentials: { user: 'ada' },
              max_parallel_runs: 3,
              environment_variables: { DBT_ENV_SECRET_P: 'hunter3' },
              jobs: [
                {
                  id: 70403103936332,
                  name: 'Build',
                  execute_steps: ['dbt build'],
                  settings: { threads: 4, target_name: 'prod' },
                  execution: { timeout_seconds: 60 },
                  triggers: { schedule: true },
                  schedule: { cron: '0 6 * * *' },
                  generate_docs: true,
                  environment_variables: { DBT_JOB: 'x' },
                },
                {
                  name: 'After',
                  execute_steps: ['dbt test'],
                  triggers: { on_merge: true },
                  job_completion_trigger_condition: { condition: { job_id: 70403103936332, statuses: [10] } },
                  deferring_environment_id: 20,
                },
              ],
            },
          ],
        },
      ],
    }
    const plan = await apply(document)
    expect(plan.entries.map(({ action, kind: what, id, name }) => [action, what, id, name])).toEqual([
      ['update', 'account', 1, 'Data'],
      ['create', 'project', 10, 'Shop'],
      ['create', 'environment', 20, 'Production'],
      ['create', 'job', 70403103936332, 'Build'],
      ['create', 'job', 70403103936333, 'After'],
    ])
    expect(JSON.stringify(plan)).not.toMatch(/hunter/)
    const [build, after] = await jobs()
    expect(build).toMatchObject({
      project_id: 10,
      environment_id: 20,
      threads: 4,
      target_name: 'prod',
      timeout_seconds: 60,
      schedule: { cron: '0 6 * * *' },
      schedule_cron: '0 6 * * *',
      job_type: 'scheduled',
      generate_docs: true,
      errors_on_lint_failure: true,
    })
    expect(build?.next_run_at?.toISOString()).toMatch(/T06:00:00.000Z$/)
    expect(build?.next_run_at?.getTime()).toBeGreaterThan(Date.now())
    expect(after).toMatchObject({
      job_type: 'merge',
      next_run_at: null,
      job_completion_trigger: { condition: { job_id: 70403103936332, project_id: 10, statuses: [10] } },
    })
    const environment = await database.db.selectFrom('environments').selectAll().executeTakeFirstOrThrow()
    expect(environment.connection).toEqual({ name: 'postgres', type: 'postgres', details: { host: 'db', port: 5432 } })
    expect(openSecrets(environment.connection_secrets, secretBox, placeInEnvironment(environment))).toEqual({
      password: 'hunter2',
      user: 'ada',
    })
    const variables = await database.db.selectFrom('environment_variables').selectAll().orderBy('name').execute()
    expect(variables.map(({ name, value, environment_id, job_id }) => [name, value, environment_id, job_id])).toEqual([
      ['DBT_ENV_SECRET_P', null, 20, null],
      ['DBT_JOB', 'x', null, 70403103936332],
      ['DBT_N', '1.5', null, null],
      ['DBT_REGION', 'eu', null, null],
    ])
    expect(variables.slice(0, 1).map(textOf)).toEqual(['hunter3'])

    const rows = await jobs()
    const again = await apply(document)
    expect(new Set(again.entries.map(({ action }) => action))).toEqual(new Set(['unchanged']))
    expect(await jobs()).toEqual(rows)
  })

  test('absent keys return to their defaults, and the plan names them as the document does', async () => {
    await apply(
      shop(
        { jobs: [{ name: 'Build', execute_steps: ['dbt build'], settings: { threads: 8 }, generate_docs: true }] },
        { subdirectory: 'a' },
      ),
    )
    const plan = await apply(
      shop({ profile: { target: 'prod' }, jobs: [{ name: 'Build', execute_steps: ['dbt run'] }] }),
    )
    expect(lines(plan)).toEqual([
      'update project 1 Shop, subdirectory: "a" → null',
      'update environment 1 Production, profile.target: null → "prod"',
      'update job 1 Build, execute_steps: ["dbt build"] → ["dbt run"], settings.threads: 8 → null, generate_docs: true → false',
    ])
    expect((await jobs())[0]).toMatchObject({ threads: null, generate_docs: false, execute_steps: ['dbt run'] })
  })

  test('a host that is kept encrypted leads elsewhere when it changes, and takes no stored secret with it', async () => {
    const connection = { type: 'postgres', port: 5432 }
    await apply(shop({ connection, credentials: { host: 'db', user: 'ada', password: 'one' } }))
    await apply(shop({ connection, credentials: { host: 'db' } }))
    for (const credentials of [{ host: 'evil.example' }, { host: null }, { hostname: 'evil.example' }]) {
      await expect(apply(shop({ connection, credentials }))).rejects.toThrow(
        /where the connection leads \(host.*give .*password/,
      )
    }
    await apply(shop({ connection, credentials: { host: 'new', user: 'ada', password: 'two' } }))
  })

  test('secrets stay unless given, are shown as changed only, and go with null', async () => {
    const connection = { type: 'postgres', host: 'db' }
    const variables = async () =>
      Object.fromEntries(
        (await database.db.selectFrom('environment_variables').selectAll().execute()).map((row) => [
          row.name,
          textOf(row),
        ]),
      )
    const secrets = async () => {
      const row = await database.db.selectFrom('environments').selectAll().executeTakeFirstOrThrow()
      return row.connection_secrets && openSecrets(row.connection_secrets, secretBox, placeInEnvironment(row))
    }
    await apply(
      shop({
        connection,
        credentials: { user: 'ada', password: 'one' },
        environment_variables: { DBT_ENV_SECRET_A: 'a', DBT_B: 'b' },
      }),
    )
    await expect(apply(shop({ connection: { ...connection, host: 'evil' } }), { dryRun: true })).rejects.toThrow(
      'changes where the connection leads (host), and its stored secrets were not given for that: give password again',
    )
    expect(lines(await apply(shop({ connection })))).toEqual([
      'unchanged project 1 Shop',
      'update environment 1 Production, environment_variables.DBT_B: "b" → null',
    ])
    expect(await variables()).toEqual({ DBT_ENV_SECRET_A: 'a' })
    expect(await secrets()).toEqual({ user: 'ada', password: 'one' })

    const plan = await apply(
      shop({
        connection: { ...connection, password: 'two' },
        environment_variables: { DBT_ENV_SECRET_A: 'c', DBT_ENV_SECRET_N: 'n' },
      }),
    )
    expect(lines(plan)[1]).toBe(
      'update environment 1 Production, credentials.password: "(secret)" → "(secret)", ' +
        'environment_variables.DBT_ENV_SECRET_A: "(secret)" → "(secret)", environment_variables.DBT_ENV_SECRET_N: null → "(secret)"',
    )
    expect(await secrets()).toEqual({ user: 'ada', password: 'two' })

    await apply(shop({ connection, credentials: { user: null }, environment_variables: { DBT_ENV_SECRET_A: null } }))
    expect(await variables()).toEqual({ DBT_ENV_SECRET_N: 'n' })
    expect(await secrets()).toEqual({ password: 'two' })
    await apply(shop({ connection: { type: 'duckdb', path: 'a.duckdb' } }))
    expect(await secrets()).toBeNull()
  })

  test('a due time stays due unless the schedule changes', async () => {
    const scheduled = (cron: string, threads: number) =>
      shop({
        jobs: [
          {
            name: 'Build',
            execute_steps: ['dbt run'],
            settings: { threads },
            triggers: { schedule: true },
            schedule: { cron },
          },
        ],
      })
    await apply(scheduled('0 6 * * *', 1))
    const due = new Date('2020-01-01T06:00:00Z')
    await database.db.updateTable('jobs').set({ next_run_at: due }).execute()
    await apply(scheduled('0 6 * * *', 2))
    expect((await jobs())[0]?.next_run_at).toEqual(due)
    await apply(scheduled('30 6 * * *', 2))
    expect((await jobs())[0]?.next_run_at?.toISOString()).toMatch(/T06:30:00.000Z/)
  })
})
