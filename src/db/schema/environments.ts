import type { Generated, JSONColumnType, Selectable } from 'kysely'
import type { Connection, DeploymentType, EngineKind } from '../../domain/environment.ts'
import type { Scenario } from '../../domain/scenario.ts'
import type { Instant, State } from './columns.ts'

export interface EnvironmentsTable {
  id: Generated<number>
  account_id: number
  project_id: number
  name: string
  type: Generated<'deployment' | 'development'>
  deployment_type: DeploymentType | null
  engine: Generated<EngineKind>
  dbt_command: string | null
  dbt_version: string | null
  custom_branch: string | null
  profile_name: string | null
  target_name: string | null
  connection: JSONColumnType<Connection> | null
  connection_secrets: string | null
  connection_seen: JSONColumnType<Connection> | null
  connection_id: number | null
  credentials_id: number | null
  own_connection_id: Generated<number>
  max_parallel_runs: number | null
  run_as: string | null
  simulation: JSONColumnType<Scenario> | null
  state: State
  created_at: Instant
  updated_at: Instant
}

export type EnvironmentRow = Selectable<EnvironmentsTable>
