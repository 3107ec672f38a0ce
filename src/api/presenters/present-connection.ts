import type { ConnectionRecord } from '../../definitions/connections/connection-queries.ts'
import type { Connection } from '../../domain/environment.ts'
import { withoutCredentials } from '../../domain/secrets/without-credentials.ts'
import type { components } from '../wire/v2.generated.ts'
import type { components as v3Components } from '../wire/v3.generated.ts'
import { instant, spacedInstant } from './time/wire-dates.ts'

type Schemas = components['schemas']
type Details = Schemas['ConnectionDetails']
type AccountConnection = v3Components['schemas']['AccountConnection']

/** A project's connection in v3 has the adapter's keys in `details`. */
export function presentConnection(connection: ConnectionRecord): Schemas['Connection'] {
  return {
    id: connection.id,
    account_id: connection.account_id,
    project_id: connection.project_id,
    name: connection.name,
    type: connection.type,
    created_by_id: null,
    created_by_service_token_id: null,
    details: presentDetails(connection),
    state: connection.state,
    created_at: spacedInstant(connection.created_at),
    updated_at: spacedInstant(connection.updated_at),
    adapter_version: `${connection.type}_v0`,
    private_link_endpoint_id: null,
    oauth_redirect_uri: null,
    oauth_configuration_id: null,
  }
}

/** The form of v2: the adapter's keys beside its own, and those of a postgres where the adapter lacks them, too. */
export function presentFlatConnection(connection: ConnectionRecord): Schemas['FlatConnection'] {
  const details = presentDetails(connection)
  return {
    ...details,
    hostname: details.hostname ?? null,
    port: details.port ?? null,
    dbname: details.dbname ?? details.database ?? null,
    tunnel_enabled: false,
    id: connection.id,
    account_id: connection.account_id,
    dbt_project_id: connection.project_id,
    name: connection.name,
    type: connection.type,
    state: connection.state,
    created_by_id: null,
    created_by_service_token_id: null,
    created_at: instant(connection.created_at),
    updated_at: instant(connection.updated_at),
  }
}

/** A connection of the account in v3 has the adapter's keys in `config`. */
export function presentAccountConnection(connection: ConnectionRecord, environments: number): AccountConnection {
  return {
    id: connection.id,
    account_id: connection.account_id,
    project_id: connection.project_id,
    name: connection.name,
    adapter_version: `${cloudNames.get(connection.type) ?? connection.type}_v0`,
    config: presentDetails(connection),
    is_ssh_tunnel_enabled: false,
    is_configured_for_native_oauth: false,
    private_link_endpoint_id: null,
    oauth_configuration_id: null,
    oauth_redirect_uri: null,
    environment__count: environments,
    created_by_id: null,
    created_by_service_token_id: null,
    state: connection.state,
    created_at: spacedInstant(connection.created_at),
    updated_at: spacedInstant(connection.updated_at),
  }
}

/** Adapters that dbt Cloud calls otherwise; Terraform's provider knows them by these names alone. */
const cloudNames = new Map([['spark', 'apache_spark']])

/**
 * A connection's details. dbt Cloud calls a server `hostname`, OpenLineage reads `host` and fails on any key that it
 * misses for a type: its names are all there, and what adapters assume when it is not given.
 */
export function presentDetails({ type, details: stored }: Connection): Details {
  const details = withoutCredentials(stored)
  const host = details.host ?? details.hostname ?? details.server
  return {
    ...assumedDetails[type],
    ...(host !== undefined && callsItServer.has(type) && { server: host }),
    ...details,
    ...(host !== undefined && { host, hostname: host }),
  }
}

const callsItServer = new Set(['sqlserver', 'fabric', 'synapse'])

const assumedDetails: Readonly<Record<string, Details>> = {
  postgres: { port: 5432 },
  redshift: { port: 5439 },
  trino: { port: 8080 },
  clickhouse: { port: 8123 },
  sqlserver: { port: 1433 },
  fabric: { port: 1433 },
  duckdb: { path: ':memory:' },
}

/** Stratus does not know a connection that is in the project's own profiles.yml, and clients want one anyway. */
export function unknownConnection(profileName: string | null): Connection {
  return { name: profileName ?? 'profiles.yml', type: 'unknown', details: {} }
}
