import type { Db } from '../../db/database.ts'
import { isOneOf } from '../../db/list-queries.ts'
import type { EnvironmentVariableRow } from '../../db/schema/environment-variables.ts'
import { secretMask } from '../../domain/secrets/secret-mask.ts'
import { isSecretVariable } from '../../domain/secrets/secret-names.ts'
import { activeState } from '../../domain/state.ts'

/** A variable with the value that may be shown. */
export type VariableRecord = Omit<EnvironmentVariableRow, 'value' | 'ciphertext'> & { readonly shown: string }

/** Finds those of the project itself, of its active environments and of its active jobs. */
export async function findVariablesOfProject(db: Db, accountId: number, projectId: number): Promise<VariableRecord[]> {
  const rows = await db
    .selectFrom('environment_variables')
    .leftJoin('environments', 'environments.id', 'environment_variables.environment_id')
    .leftJoin('jobs', 'jobs.id', 'environment_variables.job_id')
    .selectAll('environment_variables')
    .where('environment_variables.project_id', '=', projectId)
    .where('environment_variables.account_id', '=', accountId)
    .where((eb) => eb.or([eb('environments.id', 'is', null), eb('environments.state', '=', activeState)]))
    .where((eb) => eb.or([eb('jobs.id', 'is', null), eb('jobs.state', '=', activeState)]))
    .orderBy('environment_variables.name')
    .orderBy('environment_variables.id')
    .execute()
  return rows.map(toRecord)
}

export async function findVariablesOfJobs(db: Db, jobIds: readonly number[]): Promise<VariableRecord[]> {
  const rows = await db
    .selectFrom('environment_variables')
    .selectAll()
    .where(isOneOf('environment_variables.job_id', jobIds))
    .orderBy('name')
    .execute()
  return rows.map(toRecord)
}

export function toRecord(row: EnvironmentVariableRow): VariableRecord {
  const { value, ciphertext, ...record } = row
  return { ...record, shown: ciphertext === null && !isSecretVariable(row.name) ? (value ?? '') : secretMask }
}
