import type { CredentialsRecord } from '../../definitions/connections/connection-queries.ts'
import type { EnvironmentRecord } from '../../definitions/environments/environment-queries.ts'
import { sharedSettings } from '../../definitions/environments/environment-wire.ts'
import type { ProjectRecord } from '../../definitions/projects/project-queries.ts'
import type { components } from '../wire/v2.generated.ts'
import type { components as v3 } from '../wire/v3.generated.ts'
import { presentFlatConnection, unknownConnection } from './present-connection.ts'
import { presentCredentials } from './present-credentials.ts'
import { presentProject } from './present-project.ts'
import { presentRepository, repositoryId } from './present-repository.ts'
import { instant, spacedInstant } from './time/wire-dates.ts'

type Schemas = components['schemas']

/** dbt Cloud's word for "whatever is newest"; what an environment says that leaves the version to its dbt program. */
export const unknownDbtVersion = 'latest'

/** Reads back the version that an environment is shown with, so that the word for "none" is not stored as a version. */
export function dbtVersionOf(shown: string): string | null {
  return shown === unknownDbtVersion ? null : shown
}

/** v2 has dates with a `T` and puts the connection's details beside its own keys. */
export function presentEnvironment(environment: EnvironmentRecord, project: ProjectRecord): Schemas['Environment'] {
  return {
    ...commonFields(environment),
    repository_id: repositoryId(project),
    dbt_project_subdirectory: project.subdirectory,
    created_by_id: null,
    created_at: instant(environment.created_at),
    updated_at: instant(environment.updated_at),
    repository: presentRepository(project),
    connection: presentFlatConnection(connectionOf(environment)),
    jobs: null,
    custom_environment_variables: null,
  }
}

/** v3 has dates with a space and puts the project inside. */
export function presentEnvironmentV3(
  environment: EnvironmentRecord,
  project: ProjectRecord,
  credentials: CredentialsRecord | undefined,
): v3['schemas']['Environment'] {
  return {
    ...commonFields(environment),
    is_deferrable: false,
    enable_model_query_history: false,
    enable_dbt_state: false,
    created_at: spacedInstant(environment.created_at),
    updated_at: spacedInstant(environment.updated_at),
    project: presentProject(project),
    primary_profile_id: null,
    credentials: credentials === undefined ? null : presentCredentials(credentials),
    fusion_readiness: null,
  }
}

/** The connection that an environment shares with others, else its own. */
export function connectionIdOf(environment: EnvironmentRecord): number {
  return environment.connection_id ?? environment.own_connection_id
}

function commonFields(environment: EnvironmentRecord) {
  const version = environment.dbt_version ?? unknownDbtVersion
  return {
    id: environment.id,
    account_id: environment.account_id,
    project_id: environment.project_id,
    ...sharedSettings(environment),
    connection_id: connectionIdOf(environment),
    credentials_id: environment.credentials_id,
    extended_attributes_id: null,
    use_custom_branch: environment.custom_branch !== null,
    dbt_version: version,
    raw_dbt_version: version,
    supports_docs: true,
    state: environment.state,
  }
}

/** The one that the environment has, or its last run has seen. */
function connectionOf(environment: EnvironmentRecord) {
  const known = environment.connection ?? environment.connection_seen ?? unknownConnection(environment.profile_name)
  const { account_id, project_id, state, created_at, updated_at } = environment
  return {
    ...known,
    ...{ id: connectionIdOf(environment), environment_id: environment.id },
    ...{ account_id, project_id, state, created_at, updated_at },
  }
}
