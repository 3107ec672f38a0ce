import type { Database } from '../../src/db/database.ts'
import type { EnvironmentVariableRow } from '../../src/db/schema.ts'
import { openSecrets } from '../../src/definitions/connections/secrets.ts'
import type { ApplyPlan } from '../../src/definitions/stratus-yml/apply/plan.ts'
import { placeInEnvironment, placeInVariable } from '../../src/secrets/secret-place.ts'
import { applyTo, emptyAccount, secretBox, shop } from '../support/apply.ts'
import { createTestDatabase, databaseKinds } from '../support/test-database.ts'

/** One line for each entry of a plan. */
function lines(plan: ApplyPlan): string[] {
  return plan.entries.map(({ action, kind, id, name, changes }) =>
    [
      `${action} ${kind} ${id} ${name}`,
      ...changes.map(({ key, from, to }) => `${key}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`),
    ].join(', '),
  )
}

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

  test('an id keeps identity through a rename; without one the plan says that it is a new object', async () => {
    await apply(shop({ jobs: [{ name: 'Build', execute_steps: ['dbt build'] }] }))
    expect(lines(await apply(shop({ jobs: [{ id: 1, name: 'Nightly', execute_steps: ['dbt build'] }] })))[2]).toBe(
      'update job 1 Nightly, name: "Build" → "Nightly"',
    )
    const plan = await apply(shop({ jobs: [{ name: 'Nightly build', execute_steps: ['dbt build'] }] }))
    expect(plan.entries[2]).toMatchObject({
      action: 'create',
      id: 2,
      note: expect.stringMatching(/"Nightly" renamed, give it "id: 1"/),
    })
    expect(await jobs()).toHaveLength(2)
  })

  test('a name that an id in the same document takes away is not found by it', async () => {
    await apply(shop({ jobs: [{ name: 'Build', execute_steps: ['dbt build'] }] }))
    const swapped = shop({
      jobs: [
        { name: 'Build', execute_steps: ['dbt run'] },
        { id: 1, name: 'Old', execute_steps: ['dbt build'] },
      ],
    })
    expect(lines(await apply(swapped)).slice(2)).toEqual([
      'create job 2 Build, execute_steps: [] → ["dbt run"]',
      'update job 1 Old, name: "Build" → "Old"',
    ])
  })

  test('prune deletes softly and only in the named projects; an id brings a row back', async () => {
    const build = {
      name: 'Build',
      execute_steps: ['dbt build'],
      triggers: { schedule: true },
      schedule: { cron: '0 6 * * *' },
    }
    await apply({ projects: [{ name: 'Other', path: '/srv/other', environments: [{ name: 'E', jobs: [build] }] }] })
    await apply(shop({ jobs: [build, { name: 'Docs', execute_steps: ['dbt docs generate'] }] }))
    await apply({ projects: [{ name: 'Shop', path: '/srv/shop', environments: [{ name: 'Staging' }] }] })
    expect((await jobs()).map(({ state }) => state)).toEqual([1, 1, 1])

    const dry = await apply(shop({ jobs: [build] }), { prune: true, dryRun: true })
    expect((await jobs()).map(({ state }) => state)).toEqual([1, 1, 1])
    const plan = await apply(shop({ jobs: [build] }), { prune: true })
    expect(lines(plan)).toEqual([
      'unchanged project 2 Shop',
      'unchanged environment 2 Production',
      'unchanged job 2 Build',
      'delete job 3 Docs',
      'delete environment 3 Staging',
    ])
    expect(dry.entries).toEqual(plan.entries)
    expect((await jobs()).map(({ state }) => state)).toEqual([1, 1, 2])

    const back = await apply(shop({ jobs: [build, { id: 3, name: 'Docs', execute_steps: ['dbt docs generate'] }] }))
    expect(lines(back)[3]).toBe('update job 3 Docs, state: "deleted" → "active"')
    const byName = await apply(shop({ jobs: [{ name: 'Docs', execute_steps: ['dbt docs generate'] }] }), {
      prune: true,
    })
    expect(lines(byName)[2]).toBe('unchanged job 3 Docs')
  })

  test('a dry run answers the plan and leaves no trace, not even in the sequences', async () => {
    const document = shop({
      jobs: [
        { id: 5000, name: 'Build', execute_steps: ['dbt build'] },
        { name: 'B', execute_steps: ['dbt run'] },
      ],
    })
    const plan = await apply(document, { dryRun: true })
    expect(plan.entries.map(({ action, id }) => [action, id])).toEqual([
      ['create', null],
      ['create', null],
      ['create', 5000],
      ['create', null],
    ])
    expect(await database.db.selectFrom('projects').selectAll().execute()).toEqual([])
    const real = await apply(shop({ jobs: [{ name: 'C', execute_steps: ['dbt run'] }] }))
    expect(real.entries.map(({ id }) => id)).toEqual([1, 1, 1])
  })

  test('chosen ids move the sequence past them, whatever the order', async () => {
    const plan = await apply(
      shop({
        jobs: [
          { name: 'A', execute_steps: ['dbt run'] },
          { id: 1, name: 'B', execute_steps: ['dbt run'] },
        ],
      }),
    )
    expect(plan.entries.slice(2).map(({ id }) => id)).toEqual([2, 1])
    await apply(shop({ jobs: [{ id: 40, name: 'C', execute_steps: ['dbt run'] }] }))
    await apply(shop({ jobs: [{ id: 30, name: 'D', execute_steps: ['dbt run'] }] }))
    const next = await apply(shop({ jobs: [{ name: 'E', execute_steps: ['dbt run'] }] }))
    expect(next.entries[2]?.id).toBe(41)
  })

  test('documents applied at the same time follow one another', async () => {
    const document = (name: string) =>
      shop({
        jobs: [
          { name, execute_steps: ['dbt run'] },
          { id: 9, name: 'Same', execute_steps: [`dbt run -s ${name}`] },
        ],
      })
    await Promise.all(['A', 'B', 'C', 'D'].map((name) => apply(document(name))))
    expect(await database.db.selectFrom('projects').select('name').execute()).toEqual([{ name: 'Shop' }])
    expect((await jobs()).map(({ name }) => name).sort()).toEqual(['A', 'B', 'C', 'D', 'Same'])
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

  test('an account that does not exist yet is made with the chosen id', async () => {
    const plan = await apply({ account: { id: 1234, name: 'Migrated' }, projects: [] }, { accountId: 1234 })
    expect(lines(plan)).toEqual(['create account 1234 Migrated, name: "Local" → "Migrated"'])
    const accounts = await database.db
      .selectFrom('accounts')
      .select(['id', 'name', 'run_slots'])
      .orderBy('id')
      .execute()
    expect(accounts).toEqual([
      { id: 1, name: 'Local', run_slots: 4 },
      { id: 1234, name: 'Migrated', run_slots: 4 },
    ])
  })
})
