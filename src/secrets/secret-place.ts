import type { EnvironmentVariableRow } from '../db/schema/environment-variables.ts'

/** The column and the row that a ciphertext stands in. Nobody can read it anywhere else. */
export interface SecretPlace {
  readonly column: string
  readonly row: readonly (string | number | null)[]
}

/** A row that belongs to a project; null: to the whole account. */
interface Row {
  readonly id: number
  readonly project_id: number | null
}

export function placeInConnection({ id, project_id }: Row): SecretPlace {
  return { column: 'connections.secrets', row: [project_id, id] }
}

export function placeInCredentials({ id, project_id }: Row): SecretPlace {
  return { column: 'credentials.secrets', row: [project_id, id] }
}

export function placeInEnvironment({ id, project_id }: Row): SecretPlace {
  return { column: 'environments.connection_secrets', row: [project_id, id] }
}

/** A variable is what its owner and its name say, so that neither can be changed behind its value. */
export function placeInVariable({
  project_id,
  environment_id,
  job_id,
  name,
}: Pick<EnvironmentVariableRow, 'project_id' | 'environment_id' | 'job_id' | 'name'>): SecretPlace {
  return { column: 'environment_variables.ciphertext', row: [project_id, environment_id, job_id, name] }
}
