/** Keys of dbt profiles whose values are secrets, over all adapters. */
const secretDetails = new Set([
  'access_token',
  'api_key',
  'aws_access_key_id',
  'aws_secret_access_key',
  'aws_session_token',
  'client_secret',
  'jwt_token',
  'keyfile_json',
  'logdata',
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

/** A shorter secret is hidden nowhere: it would be found in everything. */
export const shortestHidden = 4

/** It is true for a detail of a connection that is kept encrypted, and never shown. */
export function isSecretDetail(name: string): boolean {
  const lower = name.toLowerCase()
  return secretDetails.has(lower) || /(^|_)(password|passphrase|secret|token|private_key|api_key)$/.test(lower)
}

/** It is true for an environment variable that is kept encrypted and never shown: dbt's own rule. */
export function isSecretVariable(name: string): boolean {
  return name.startsWith('DBT_ENV_SECRET')
}

/** It is true when dbt may put a secret into this text of a profile: its mark, `$$$DBT_SECRET_START$$$…`, holds the name. */
export function namesSecretVariable(text: string): boolean {
  return text.includes('DBT_ENV_SECRET')
}

export const noSecretVariableExpected =
  'Expected text that names no DBT_ENV_SECRET variable: nothing here is rendered. Give secrets as they are, under the names of secrets.'

export function isTooShortToHide(secret: string): boolean {
  const { length } = secret.trim()
  return length > 0 && length < shortestHidden
}
