import type { EnvironmentVariableRow } from '../../db/schema/environment-variables.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { placeInVariable } from '../../secrets/secret-place.ts'

type StoredVariable = Pick<
  EnvironmentVariableRow,
  'project_id' | 'environment_id' | 'job_id' | 'name' | 'value' | 'ciphertext'
>

/** The value of a stored variable, decrypted if it is a secret one. Throws when no key that this server has decrypts it. */
export function plainValue(row: StoredVariable, secretBox: SecretBox): string {
  return row.ciphertext === null ? (row.value ?? '') : secretBox.decrypt(row.ciphertext, placeInVariable(row))
}
