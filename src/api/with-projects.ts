import type { EnvironmentRecord } from '../projects/environment-queries.ts'
import { findProjectsByIds, type ProjectRecord } from '../projects/project-queries.ts'
import type { ApiContext } from './api-context.ts'

/** Presents environments, each with its project, which one query finds for all. */
export async function withProjects<T>(
  ctx: ApiContext,
  environments: readonly EnvironmentRecord[],
  present: (environment: EnvironmentRecord, project: ProjectRecord) => T,
): Promise<T[]> {
  const ids = [...new Set(environments.map((environment) => environment.project_id))]
  const projects = ids.length === 0 ? [] : await findProjectsByIds(ctx.db, ids)
  const projectOf = new Map(projects.map((project) => [project.id, project]))
  return environments.flatMap((environment) => {
    const project = projectOf.get(environment.project_id)
    return project === undefined ? [] : [present(environment, project)]
  })
}
