import type { Generated, JSONColumnType, Selectable } from 'kysely'
import type { Actor } from '../../domain/actor.ts'
import type { Instant } from './columns.ts'

export interface AuditLogsTable {
  id: Generated<number>
  account_id: number
  logged_at: Instant
  actor: JSONColumnType<Actor>
  operation: string
  method: string | null
  project_id: number | null
  target_id: number | null
  context: JSONColumnType<Record<string, unknown>, string | undefined, string>
  status: number | null
}

export type AuditLogRow = Selectable<AuditLogsTable>
