import type { Generated, Selectable } from 'kysely'
import type { Instant } from './columns.ts'

export interface EnvironmentVariablesTable {
  id: Generated<number>
  account_id: number
  project_id: number
  environment_id: number | null
  job_id: number | null
  name: string
  value: string | null
  ciphertext: string | null
  created_at: Instant
  updated_at: Instant
}

export type EnvironmentVariableRow = Selectable<EnvironmentVariablesTable>
