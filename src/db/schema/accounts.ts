import type { Generated, Selectable } from 'kysely'
import type { Instant, StateColumn } from './columns.ts'

export interface AccountsTable {
  id: Generated<number>
  name: string
  run_slots: Generated<number>
  state: StateColumn
  created_at: Instant
  updated_at: Instant
}

export type AccountRow = Selectable<AccountsTable>
