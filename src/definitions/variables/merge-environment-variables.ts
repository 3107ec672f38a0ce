import type { EnvironmentVariableRow } from '../../db/schema/environment-variables.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { plainValue } from './plain-value.ts'

type VariableRow = Pick<
  EnvironmentVariableRow,
  'project_id' | 'environment_id' | 'job_id' | 'name' | 'value' | 'ciphertext'
>

/** The variables of one run, decrypted. `rows` are those of its project, environment and job, in any order. */
export function mergeEnvironmentVariables(rows: readonly VariableRow[], secretBox: SecretBox): Record<string, string> {
  const effective = new Map<string, VariableRow>()
  for (const row of [...rows].sort((a, b) => precedence(a) - precedence(b))) effective.set(row.name, row)
  return Object.fromEntries([...effective].map(([name, row]) => [name, plainValue(row, secretBox)]))
}

/** A job's value goes before its environment's, and that before its project's. */
function precedence(row: VariableRow): number {
  if (row.job_id !== null) return 2
  return row.environment_id === null ? 0 : 1
}
