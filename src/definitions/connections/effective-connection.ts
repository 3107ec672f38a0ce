import type { ConnectionRow, CredentialsRow } from '../../db/schema/connections.ts'
import type { EnvironmentRow } from '../../db/schema/environments.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { placeInConnection, placeInCredentials, placeInEnvironment } from '../../secrets/secret-place.ts'
import { assertFitsAdapter } from '../projects/detail-policy.ts'
import { type Details, openSecrets, sealSecrets } from './secrets.ts'

/** The columns of an environment that say what its runs connect to. */
export type ConnectionColumns = Pick<
  EnvironmentRow,
  'connection' | 'connection_secrets' | 'connection_id' | 'credentials_id'
> & { readonly target_name?: string }

/** dbt Cloud's forms have these keys and no dbt profile does. */
const formKeys = new Set(['adapter_id', 'adapter_version', 'auth_type', 'tunnel_enabled'])

const profileKeys = new Map([
  ['username', 'user'],
  ['default_schema', 'schema'],
])

const calledServer = new Set(['sqlserver', 'fabric', 'synapse'])

/**
 * A connection with credentials as a dbt profile has them: dbt Cloud's names of keys become dbt's own.
 * Throws InvalidRequestError for a text of the credentials that the connection's adapter would take for more.
 */
export function effectiveConnection(
  connection: ConnectionRow,
  credentials: CredentialsRow | undefined,
  secretBox: SecretBox,
  environment: Pick<EnvironmentRow, 'id' | 'project_id'>,
): ConnectionColumns {
  const secrets = {
    ...openSecrets(connection.secrets, secretBox, placeInConnection(connection)),
    ...(credentials && openSecrets(credentials.secrets, secretBox, placeInCredentials(credentials))),
  }
  const threads = credentials?.threads ?? null
  const details: Details = {
    ...inProfile(connection.details, connection.type),
    ...inProfile(credentials?.details ?? {}, connection.type),
    ...(threads !== null && { threads }),
  }
  const plain = Object.fromEntries(Object.entries(details).filter(([name]) => !(name in secrets)))
  assertFitsAdapter(connection.type, plain)
  return {
    connection: { name: connection.name, type: connection.type, details: plain },
    connection_secrets: sealSecrets(secrets, secretBox, placeInEnvironment(environment)),
    connection_id: connection.id,
    credentials_id: credentials?.id ?? null,
    ...(credentials?.target_name && { target_name: credentials.target_name }),
  }
}

/** Details with dbt's own names for them. */
export function inProfile(details: Details, type: string): Details {
  const given = Object.entries(details).filter(([name]) => !formKeys.has(name))
  return Object.fromEntries(
    given.map(([name, value]) => {
      if (name === 'hostname') return [calledServer.has(type) ? 'server' : 'host', value]
      return [profileKeys.get(name) ?? name, value]
    }),
  )
}
