import type { Db } from '../../src/db/database.ts'
import type { NewJob } from '../../src/db/schema/jobs.ts'

/** Makes a job in a project and an environment of its own, in account 1; answers the job's id. */
export async function createJob(db: Db, values: Partial<NewJob> = {}): Promise<number> {
  const project = await db
    .insertInto('projects')
    .values({ account_id: 1, name: 'Coffee', path: '/nowhere' })
    .returning('id')
    .executeTakeFirstOrThrow()
  const environment = await db
    .insertInto('environments')
    .values({ account_id: 1, project_id: project.id, name: 'Production' })
    .returning('id')
    .executeTakeFirstOrThrow()
  const job = await db
    .insertInto('jobs')
    .values({
      account_id: 1,
      project_id: project.id,
      environment_id: environment.id,
      name: 'Build',
      execute_steps: ['dbt build'],
      ...values,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return job.id
}

/** Creates a job like `createJob`, in a project whose code is in a repository. */
export async function createGitJob(db: Db, values: Partial<NewJob> = {}): Promise<number> {
  const id = await createJob(db, values)
  await db
    .updateTable('projects')
    .set({ path: null, git_url: 'https://git.example/shop.git' })
    .where('id', '=', (eb) => eb.selectFrom('jobs').select('project_id').where('id', '=', id))
    .execute()
  return id
}
