import type { Generated, Selectable } from 'kysely'
import type { Instant, StateColumn } from './columns.ts'

export interface ProjectsTable {
  id: Generated<number>
  account_id: number
  name: string
  description: Generated<string>
  path: string | null
  git_url: string | null
  git_branch: string | null
  subdirectory: string | null
  state: StateColumn
  created_at: Instant
  updated_at: Instant
}

export type ProjectRow = Selectable<ProjectsTable>
