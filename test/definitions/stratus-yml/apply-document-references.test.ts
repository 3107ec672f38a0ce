import type { Database } from '../../../src/db/database.ts'
import { createTestDatabase, databaseKinds } from '../../support/database/test-database.ts'
import { applyTo, emptyAccount, shop } from '../../support/documents/apply.ts'

describe.each(databaseKinds)('what a document refers to, on %s', (kind) => {
  let database: Database
  let apply: ReturnType<typeof applyTo>
  beforeAll(async () => {
    database = await createTestDatabase(kind)
    apply = applyTo(database)
  })
  afterAll(() => database.close())
  beforeEach(() => emptyAccount(database))

  test('every mistake that only the database knows is listed, and nothing is written', async () => {
    await database.db.insertInto('accounts').values({ id: 2, name: 'Theirs' }).execute()
    await apply(
      { projects: [{ id: 77, name: 'Theirs', path: '/srv/t', environments: [{ id: 78, name: 'E' }] }] },
      { accountId: 2 },
    )
    await apply({
      projects: [
        {
          id: 5,
          name: 'Mine',
          path: '/srv/m',
          environments: [{ id: 6, name: 'E', jobs: [{ id: 7, name: 'J', execute_steps: ['dbt run'] }] }],
        },
      ],
    })
    const refused = apply({
      projects: [
        {
          id: 77,
          name: 'Shop',
          path: '/srv/shop',
          environments: [
            {
              id: 6,
              name: 'Production',
              jobs: [
                {
                  name: 'Build',
                  execute_steps: ['dbt build'],
                  deferring_job_definition_id: 404,
                  deferring_environment_id: 78,
                  job_completion_trigger_condition: { condition: { job_id: 7, project_id: 99, statuses: [10] } },
                },
              ],
            },
          ],
        },
      ],
    })
    await expect(refused).rejects.toMatchObject({
      name: 'InvalidRequestError',
      fields: {
        'projects[0].id': expect.stringMatching(/got 77, which belongs to another account/),
        'projects[0].environments[0].id': expect.stringMatching(/got 6, which is in the project "Mine" \(5\)/),
        'projects[0].environments[0].jobs[0].deferring_job_definition_id': expect.stringMatching(
          /got 404, expected the id of a job/,
        ),
        'projects[0].environments[0].jobs[0].deferring_environment_id': expect.stringMatching(
          /got 78, expected the id of an environment/,
        ),
        'projects[0].environments[0].jobs[0].job_completion_trigger_condition.condition.project_id':
          expect.stringMatching(/got 99, expected 5/),
      },
    })
    expect(await database.db.selectFrom('projects').select('name').orderBy('id').execute()).toEqual([
      { name: 'Mine' },
      { name: 'Theirs' },
    ])
    await expect(apply({ account: { id: 2 }, projects: [] })).rejects.toThrow(/account.id: got 2, expected 1/)
  })

  test('jobs that wait for one another are refused, also when only one of them is in the document', async () => {
    const waiting = (id: number, awaited?: number) => ({
      id,
      name: `Job ${id}`,
      execute_steps: ['dbt build'],
      ...(awaited && { job_completion_trigger_condition: { condition: { job_id: awaited, statuses: [10] } } }),
    })
    const condition = 'jobs[0].job_completion_trigger_condition.condition.job_id'
    await apply(shop({ jobs: [waiting(1), waiting(2, 1), waiting(3, 2)] }))
    await expect(apply(shop({ jobs: [waiting(1, 3)] }))).rejects.toMatchObject({
      fields: {
        [`projects[0].environments[0].${condition}`]: expect.stringContaining(
          'got 3, expected a job that does not itself wait for this one: 1 waits for 3, which waits for 2, which waits for 1',
        ),
      },
    })
    await expect(apply(shop({ jobs: [waiting(1, 3), waiting(3, 1)] }))).rejects.toThrow(
      '1 waits for 3, which waits for 1',
    )
    await apply(shop({ jobs: [waiting(1, 3), waiting(3)] }))
  })
})
