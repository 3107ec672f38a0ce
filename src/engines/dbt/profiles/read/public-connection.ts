import type { Connection } from '../../../../domain/environment.ts'
import { hideAllCredentials } from '../../../../util/text/hide-credentials.ts'
import type { ProfileOutput } from './profiles-file.ts'
import { renderEnvVars } from './render-env-vars.ts'

/** These say where a warehouse is. Other keys, passwords and user names above all, are nobody's business. */
export const publicKeys = [
  'host',
  'server',
  'port',
  'account',
  'region',
  'region_name',
  'database',
  'dbname',
  'catalog',
  'schema',
  'dataset',
  'project',
  'warehouse',
  'role_arn',
  'account_id',
  'software_host',
  'http_path',
  'method',
  'path',
  'type',
] as const

/** The connection that a project's own profile makes, without secrets; undefined if its adapter is not told. */
export function publicConnection(
  name: string,
  output: ProfileOutput,
  variables: Readonly<Record<string, string>>,
): Connection | undefined {
  const details: Record<string, string | number | boolean> = {}
  for (const key of publicKeys) {
    const value = output[key]
    if (typeof value === 'string' && value.includes('DBT_ENV_SECRET')) continue
    const known = typeof value === 'string' ? renderEnvVars(value, variables) : value
    if (typeof known === 'string' && hideAllCredentials(known, '') !== known) continue
    if (typeof known === 'string' || typeof known === 'number' || typeof known === 'boolean') details[key] = known
  }
  const { type, ...others } = details
  return typeof type === 'string' ? { name, type, details: others } : undefined
}
