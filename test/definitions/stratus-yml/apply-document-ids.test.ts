import type { Database } from '../../../src/db/database.ts'
import { createTestDatabase, databaseKinds } from '../../support/database/test-database.ts'
import { applyTo, emptyAccount, lines, shop } from '../../support/documents/apply.ts'

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
