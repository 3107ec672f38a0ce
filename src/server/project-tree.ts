import type { ReadyFile } from '../client/ready-file.ts'
import type { AppContext } from '../context.ts'
import { activeState } from '../domain/state.ts'

/** The account's projects with their environments and jobs, as the ready file names them. */
export async function projectTree({ db }: Pick<AppContext, 'db'>, accountId: number): Promise<ReadyFile['projects']> {
  const [projects, environments, jobs] = await Promise.all([
    db
      .selectFrom('projects')
      .select(['id', 'name'])
      .where('account_id', '=', accountId)
      .where('state', '=', activeState)
      .orderBy('id')
      .execute(),
    db
      .selectFrom('environments')
      .select(['id', 'name', 'project_id'])
      .where('account_id', '=', accountId)
      .where('state', '=', activeState)
      .orderBy('id')
      .execute(),
    db
      .selectFrom('jobs')
      .select(['id', 'name', 'environment_id'])
      .where('account_id', '=', accountId)
      .where('state', '=', activeState)
      .orderBy('id')
      .execute(),
  ])
  return projects.map(({ id, name }) => ({
    id,
    name,
    environments: environments
      .filter((environment) => environment.project_id === id)
      .map((environment) => ({
        id: environment.id,
        name: environment.name,
        jobs: jobs
          .filter((job) => job.environment_id === environment.id)
          .map((job) => ({ id: job.id, name: job.name })),
      })),
  }))
}
