import type { Generated, JSONColumnType, Selectable } from 'kysely'
import type { Connection, EnvironmentSettings } from '../../domain/environment.ts'
import type { Scenario } from '../../domain/scenarios/scenario.ts'
import type { Instant, StateColumn } from './columns.ts'

/** Every setting but the name has its default in the database, too. */
type EnvironmentSettingColumns = {
  [Setting in Exclude<keyof EnvironmentSettings, 'name'>]: Generated<EnvironmentSettings[Setting]>
}

export interface EnvironmentsTable extends EnvironmentSettingColumns {
  id: Generated<number>
  account_id: number
  project_id: number
  name: string
  connection: JSONColumnType<Connection> | null
  connection_secrets: string | null
  connection_seen: JSONColumnType<Connection> | null
  connection_id: number | null
  credentials_id: number | null
  own_connection_id: Generated<number>
  simulation: JSONColumnType<Scenario> | null
  state: StateColumn
  created_at: Instant
  updated_at: Instant
}

export type EnvironmentRow = Selectable<EnvironmentsTable>
