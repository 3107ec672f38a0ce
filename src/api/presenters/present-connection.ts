import type { Connection } from '../../domain/environment.ts'
import type { components } from '../wire/v2.generated.ts'

type Details = components['schemas']['ConnectionDetails']

/**
 * A connection's details. dbt Cloud calls a server `hostname`, OpenLineage reads `host` and fails on any key that it
 * misses for a type: both names are there, and what adapters assume when it is not given.
 */
export function presentDetails({ type, details }: Connection): Details {
  const host = details.host ?? details.hostname ?? details.server
  return {
    ...assumedDetails[type],
    ...details,
    ...(host !== undefined && { host, hostname: host }),
  }
}

const assumedDetails: Readonly<Record<string, Details>> = {
  postgres: { port: 5432 },
  redshift: { port: 5439 },
  trino: { port: 8080 },
  clickhouse: { port: 8123 },
  sqlserver: { port: 1433 },
  fabric: { port: 1433 },
  duckdb: { path: ':memory:' },
}

/** What can be said of an environment whose connection is in its project's own profiles.yml. */
export function unknownConnection(profileName: string | null): Connection {
  return { name: profileName ?? 'profiles.yml', type: 'unknown', details: {} }
}
