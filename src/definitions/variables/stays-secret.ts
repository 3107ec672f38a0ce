import type { EnvironmentVariableRow } from '../../db/schema/environment-variables.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { isMask, maskProblem } from '../../domain/secrets/secret-mask.ts'
import { isSecretVariable } from '../../domain/secrets/secret-names.ts'

/** Throws InvalidRequestError when a secret value, which nobody may read, would get a name under which it is shown. */
export function assertStaysSecret(row: EnvironmentVariableRow, name: string, field: 'name' | 'new_name'): void {
  if (row.ciphertext === null || isSecretVariable(name)) return
  const message =
    `Expected a name that begins with DBT_ENV_SECRET, since the value of ${row.name} is secret and would be shown. ` +
    `Delete it, and make a new one. Got ${JSON.stringify(name)}.`
  throw new InvalidRequestError(message, { fields: { [field]: message } })
}

/** Throws InvalidRequestError for a secret that consists of the stars which are shown in place of secrets. */
export function assertNoMask(name: string, text: string): void {
  if (!isSecretVariable(name) || !isMask(text)) return
  const message = `${name}: ${maskProblem(name)}.`
  throw new InvalidRequestError(message, { fields: { [name]: message } })
}
