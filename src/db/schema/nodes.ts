import type { Generated, JSONColumnType, Selectable } from 'kysely'
import type { CodeExcerpt } from '../../domain/runs/node-report.ts'
import type { NullableInstant } from './columns.ts'

export interface NodesTable {
  id: Generated<number>
  project_id: number
  unique_id: string
  name: string
  resource_type: string
  package_name: string | null
  path: string | null
  group_name: string | null
  owner: string | null
  tags: JSONColumnType<readonly string[], string | undefined, string>
  digest: Generated<string>
}

export interface RunNodesTable {
  run_id: number
  step_index: number
  node_id: number
  status: string
  started_at: NullableInstant
  finished_at: NullableInstant
  seconds: number | null
  compile_seconds: number | null
  execute_seconds: number | null
  thread: string | null
  rows_affected: number | null
  bytes_processed: number | null
  failures: number | null
  message: string | null
  ready_at: NullableInstant
  is_critical: Generated<boolean>
}

export interface RunFailuresTable {
  run_id: number
  step_index: number
  node_id: number
  line: number | null
  compiled_path: string | null
  excerpt: JSONColumnType<CodeExcerpt> | null
  skipped: number | null
  exposures: JSONColumnType<readonly string[]> | null
  exposure_count: number | null
  failing_since_run_id: number | null
  failing_runs: number | null
  last_good_run_id: number | null
}

export type RunNodeRow = Selectable<RunNodesTable>
