import type { Generated, Selectable } from 'kysely'
import type { StepKind, StepStatus } from '../../domain/runs/run-step.ts'
import type { Instant, NullableInstant } from './columns.ts'

export interface RunStepsTable {
  id: Generated<number>
  run_id: number
  index: number
  kind: StepKind
  name: string
  status: Generated<StepStatus>
  status_message: string | null
  command: string | null
  argv: string | null
  console_log_key: string | null
  debug_log_key: string | null
  created_at: Instant
  updated_at: Instant
  started_at: NullableInstant
  finished_at: NullableInstant
}

export type RunStepRow = Selectable<RunStepsTable>

export interface StepLogChunksTable {
  step_id: number
  stream: 'console' | 'debug'
  sequence: number
  content: string
}

export interface RunArtifactsTable {
  run_id: number
  step_index: number
  path: string
  size_bytes: number
  store_key: string
}
