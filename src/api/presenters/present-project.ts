import type { ProjectRecord } from '../../definitions/projects/project-queries.ts'
import { activeState } from '../../domain/state.ts'
import type { components } from '../wire/v2.generated.ts'
import { presentDetails, unknownConnection } from './present-connection.ts'
import { presentSpacedRepository, repositoryId } from './present-repository.ts'
import { spacedInstant } from './time/wire-dates.ts'

type Schemas = components['schemas']

/** v2 and v3 alike; connection and repository are always there, as in dbt Cloud, because OpenLineage asks for nothing. */
export function presentProject(
  project: ProjectRecord,
  environments: readonly Schemas['Environment'][] = [],
): Schemas['Project'] {
  return {
    id: project.id,
    name: project.name,
    account_id: project.account_id,
    description: project.description,
    connection_id: project.main_connection_id,
    repository_id: repositoryId(project),
    semantic_layer_config_id: null,
    skipped_setup: false,
    state: project.state,
    dbt_project_subdirectory: project.subdirectory,
    docs_job_id: null,
    freshness_job_id: null,
    type: 0,
    created_at: spacedInstant(project.created_at),
    updated_at: spacedInstant(project.updated_at),
    connection: presentMainConnection(project),
    environments: [...environments],
    repository: presentSpacedRepository(project),
    group_permissions: [],
    docs_job: null,
    freshness_job: null,
    fusion_readiness: null,
    default_version: null,
  }
}

/** A project shows the connection of its main environment, since dbt Cloud, too, has moved connections to environments. */
function presentMainConnection(project: ProjectRecord): Schemas['Connection'] | null {
  if (project.main_connection_id === null) return null
  const connection = project.main_connection ?? unknownConnection(project.main_profile_name)
  return {
    id: project.main_connection_id,
    account_id: project.account_id,
    project_id: project.id,
    name: connection.name,
    type: connection.type,
    created_by_id: null,
    created_by_service_token_id: null,
    details: presentDetails(connection),
    state: activeState,
    created_at: spacedInstant(project.created_at),
    updated_at: spacedInstant(project.updated_at),
    adapter_version: `${connection.type}_v0`,
    private_link_endpoint_id: null,
    oauth_redirect_uri: null,
    oauth_configuration_id: null,
  }
}
