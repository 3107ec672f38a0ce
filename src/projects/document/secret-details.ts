import type { DocumentPath } from './problem.ts'

/** Keys of dbt profiles whose values are secrets, over all adapters. */
const secretNames = new Set([
  'access_token',
  'api_key',
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'client_secret',
  'jwt_token',
  'keyfile_json',
  'motherduck_token',
  'oauth_client_secret',
  'pass',
  'passphrase',
  'password',
  'private_key',
  'private_key_passphrase',
  'pwd',
  'refresh_token',
  'secret',
  'secret_access_key',
  'session_token',
  'ssl_key',
  'token',
])

/** Whether a connection's detail is kept encrypted, and never shown. */
export function isSecretDetail(name: string): boolean {
  const lower = name.toLowerCase()
  return secretNames.has(lower) || /(^|_)(password|passphrase|secret|token|private_key|api_key)$/.test(lower)
}

/** Whether an environment variable is kept encrypted, as dbt's own rule for scrubbing has it. */
export function isSecretVariable(name: string): boolean {
  return name.startsWith('DBT_ENV_SECRET')
}

/** Whether a message about the value at `path` may not show it. */
export function isSecretPath(path: DocumentPath): boolean {
  const last = path.at(-1)
  return path.includes('credentials') || path.includes('environment_variables') || isSecretDetail(String(last))
}
