import { type EnvironmentRecord, findEnvironment } from '../../definitions/environments/environment-queries.ts'
import { NotFoundError } from '../../domain/errors.ts'
import type { ApiContext } from '../api-context.ts'

interface EnvironmentPath {
  readonly account_id: number
  readonly project_id?: number | undefined
  readonly environment_id: number
}

/** The active environment that a path names; one that names a project as well must name the right one. */
export async function findEnvironmentOfPath(ctx: ApiContext, path: EnvironmentPath): Promise<EnvironmentRecord> {
  const environment = await findEnvironment(ctx.db, path.account_id, path.environment_id)
  if (environment === undefined) throw new NotFoundError(`There is no environment ${path.environment_id}.`)
  if (path.project_id !== undefined && path.project_id !== environment.project_id) {
    throw new NotFoundError(`Project ${path.project_id} has no environment ${path.environment_id}.`)
  }
  return environment
}
