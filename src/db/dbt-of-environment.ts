import type { DbtOfEnvironment } from '../domain/dbt-command/judge-commands.ts'
import type { Db, Tx } from './database.ts'

/** Answers all that is heard of the dbt of an environment, or of a job's; undefined when there is no such thing. */
export async function dbtOfEnvironment(
  db: Db | Tx,
  of: { readonly environmentId: number } | { readonly accountId: number; readonly jobId: number },
): Promise<DbtOfEnvironment | undefined> {
  const row = await db
    .selectFrom('environments')
    .innerJoin('projects', 'projects.id', 'environments.project_id')
    .select(['environments.id', 'environments.engine', 'environments.dbt_command', 'environments.dbt_version'])
    .select(['projects.path', 'projects.subdirectory'])
    .where((where) =>
      'environmentId' in of
        ? where('environments.id', '=', of.environmentId)
        : where('environments.id', '=', (inner) =>
            inner
              .selectFrom('jobs')
              .select('jobs.environment_id')
              .where('jobs.id', '=', of.jobId)
              .where('jobs.account_id', '=', of.accountId),
          ),
    )
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { engine, dbt_command: command, path, subdirectory } = row
  const folder = path === null || subdirectory === null ? path : `${path}/${subdirectory}`
  return { engine, command, folder, versions: [row.dbt_version, await lastVersion(db, row.id)] }
}

/** The version that the last run of an environment recorded. */
export async function lastVersion(db: Db | Tx, environmentId: number): Promise<string | null | undefined> {
  const run = await db
    .selectFrom('runs')
    .select('runs.dbt_version')
    .where('runs.environment_id', '=', environmentId)
    .where('runs.dbt_version', 'is not', null)
    .orderBy('runs.id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return run?.dbt_version
}
