import { findEnvironmentsOfProjects } from '../../definitions/environments/environment-queries.ts'
import type { ProjectRecord } from '../../definitions/projects/project-queries.ts'
import type { ApiContext } from '../api-context.ts'
import { presentEnvironment } from '../presenters/present-environment.ts'
import { presentProject } from '../presenters/present-project.ts'
import { presentStratusOfProject } from '../presenters/present-stratus.ts'
import type { components } from '../wire/v2.generated.ts'

export const projectIncludes = ['environments', 'stratus'] as const
export type ProjectIncludes = ReadonlySet<(typeof projectIncludes)[number]>

/** Projects; their environments, when included, by one query for all. */
export async function loadProjects(
  ctx: ApiContext,
  projects: readonly ProjectRecord[],
  include: ProjectIncludes,
): Promise<components['schemas']['Project'][]> {
  const environments = include.has('environments')
    ? await findEnvironmentsOfProjects(
        ctx.db,
        projects.map((project) => project.id),
      )
    : []
  return projects.map((project) => {
    const own = environments.filter((environment) => environment.project_id === project.id)
    const presented = presentProject(
      project,
      own.map((environment) => presentEnvironment(environment, project)),
    )
    return include.has('stratus') ? { ...presented, stratus: presentStratusOfProject(project) } : presented
  })
}
