import type { Instant } from './columns.ts'

export interface LanesTable {
  serial_key: string
  account_id: number
  environment_id: number
  slot_exempt: boolean
  head_run_id: number | null
  holder_run_id: number | null
}

/** Ends of runs, and the jobs that are still to be started for them. */
export interface JobCompletionsTable {
  job_id: number
  upstream_run_id: number
}

export interface ExclusiveHoldsTable {
  resource: string
  run_id: number
  acquired_at: Instant
}
