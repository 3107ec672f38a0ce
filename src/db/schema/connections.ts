import type { Generated, JSONColumnType, Selectable } from 'kysely'
import type { Connection, Detail } from '../../domain/environment.ts'
import type { State } from '../../domain/state.ts'
import type { Instant, StateColumn } from './columns.ts'

type Details = Readonly<Record<string, Detail>>

export interface ConnectionsTable {
  id: Generated<number>
  account_id: number
  /** Null says that environments of all projects may use it. */
  project_id: number | null
  name: string
  type: string
  details: JSONColumnType<Details>
  secrets: string | null
  state: StateColumn
  created_at: Instant
  updated_at: Instant
}

export type ConnectionRow = Selectable<ConnectionsTable>

export interface CredentialsTable {
  id: Generated<number>
  account_id: number
  project_id: number
  type: string
  threads: number | null
  target_name: string | null
  details: JSONColumnType<Details>
  secrets: string | null
  /** Says where the secrets were first sent. */
  secrets_target: JSONColumnType<Pick<Connection, 'type' | 'details'>> | null
  state: StateColumn
  created_at: Instant
  updated_at: Instant
}

export type CredentialsRow = Selectable<CredentialsTable>

/** The view is in src/db/views/shown-connections.sql. */
export interface ShownConnections {
  id: number
  account_id: number
  /** Null says that it is of the whole account. */
  project_id: number | null
  /** Names the environment whose own connection it is; null if it stands for itself. */
  environment_id: number | null
  name: string
  type: string
  details: Details
  state: State
  created_at: Date
  updated_at: Date
}

export type ShownConnectionRow = Selectable<ShownConnections>
