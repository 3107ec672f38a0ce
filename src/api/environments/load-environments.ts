import { findCredentialsByIds } from '../../definitions/connections/connection-queries.ts'
import type { EnvironmentRecord } from '../../definitions/environments/environment-queries.ts'
import { findProjectsByIds } from '../../definitions/projects/project-queries.ts'
import type { ApiContext } from '../api-context.ts'
import type { Version } from '../http/operation.ts'
import { presentEnvironment, presentEnvironmentV3 } from '../presenters/present-environment.ts'
import { presentStratusOfEnvironment } from '../presenters/present-stratus.ts'
import type { components as v2 } from '../wire/v2.generated.ts'
import type { components as v3 } from '../wire/v3.generated.ts'

export const environmentIncludes = ['stratus'] as const
export type EnvironmentIncludes = ReadonlySet<(typeof environmentIncludes)[number]>

type Described = v2['schemas']['Environment'] | v3['schemas']['Environment']

/** Environments as this version has them, with their projects and credentials, by one query for each kind of them. */
export async function loadEnvironments(
  ctx: ApiContext,
  environments: readonly EnvironmentRecord[],
  version: Version,
  include: EnvironmentIncludes = new Set(),
): Promise<Described[]> {
  const credentialsIds = environments.flatMap(({ credentials_id: id }) => (id === null ? [] : [id]))
  const [projects, credentials] = await Promise.all([
    findProjectsByIds(ctx.db, [...new Set(environments.map((environment) => environment.project_id))]),
    version === 'v3' && credentialsIds.length > 0 ? findCredentialsByIds(ctx.db, credentialsIds) : [],
  ])
  const projectOf = new Map(projects.map((project) => [project.id, project]))
  const credentialsOf = new Map(credentials.map((each) => [each.id, each]))
  return environments.flatMap((environment) => {
    const project = projectOf.get(environment.project_id)
    if (project === undefined) return []
    const presented =
      version === 'v2'
        ? presentEnvironment(environment, project)
        : presentEnvironmentV3(environment, project, credentialsOf.get(environment.credentials_id ?? 0))
    return [include.has('stratus') ? { ...presented, stratus: presentStratusOfEnvironment(environment) } : presented]
  })
}
