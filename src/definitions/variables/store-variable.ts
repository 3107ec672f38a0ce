import { sql } from 'kysely'
import type { Tx } from '../../db/database.ts'
import type { EnvironmentVariableRow } from '../../db/schema/environment-variables.ts'
import { isMask } from '../../domain/secrets/secret-mask.ts'
import { isSecretVariable } from '../../domain/secrets/secret-names.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { placeInVariable } from '../../secrets/secret-place.ts'
import { assertNoMask } from './stays-secret.ts'

interface VariableOwner {
  readonly projectId: number
  readonly environmentId?: number | null | undefined
  readonly jobId?: number | null | undefined
}

/**
 * Gives a variable to its owner, or a new value to the one that it has. Secret ones are encrypted; stars leave the one
 * that is stored, and are refused where none is.
 */
export async function storeVariable(
  { tx, accountId, secretBox }: { tx: Tx; accountId: number; secretBox: SecretBox },
  owner: VariableOwner,
  name: string,
  text: string,
): Promise<EnvironmentVariableRow> {
  const { projectId: project_id, environmentId: environment_id = null, jobId: job_id = null } = owner
  const secret = isSecretVariable(name)
  if (secret && isMask(text)) {
    const stored = await findOwn(tx, { project_id, environment_id, job_id, name })
    if (stored !== undefined) return stored
    assertNoMask(name, text)
  }
  const value = secret ? null : text
  const place = placeInVariable({ project_id, environment_id, job_id, name })
  const ciphertext = secret ? secretBox.encrypt(text, place) : null
  const { rows } = await sql<EnvironmentVariableRow>`
    insert into environment_variables (account_id, project_id, environment_id, job_id, name, value, ciphertext)
    values (${accountId}, ${project_id}, ${environment_id}, ${job_id}, ${name}, ${value}, ${ciphertext})
    on conflict (project_id, coalesce(environment_id, 0), coalesce(job_id, 0), name)
    do update set value = excluded.value, ciphertext = excluded.ciphertext, updated_at = now()
    returning *
  `.execute(tx)
  const [row] = rows
  if (row === undefined) throw new Error('The database stored a variable and did not answer it.')
  return row
}

async function findOwn(
  tx: Tx,
  own: Pick<EnvironmentVariableRow, 'project_id' | 'environment_id' | 'job_id' | 'name'>,
): Promise<EnvironmentVariableRow | undefined> {
  return await tx
    .selectFrom('environment_variables')
    .selectAll()
    .where('project_id', '=', own.project_id)
    .where('environment_id', 'is not distinct from', own.environment_id)
    .where('job_id', 'is not distinct from', own.job_id)
    .where('name', '=', own.name)
    .executeTakeFirst()
}
