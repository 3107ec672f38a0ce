import type { Generated, JSONColumnType, Selectable } from 'kysely'
import type { Actor } from '../../domain/actor.ts'
import type { CommitFacts } from '../../domain/runs/commit-facts.ts'
import type { NodeCounts } from '../../domain/runs/node-counts.ts'
import type { Orchestrator } from '../../domain/runs/orchestrator.ts'
import type { RunStatus } from '../../domain/runs/run-status.ts'
import type { CauseCategory, TriggerOverrides } from '../../domain/runs/trigger.ts'
import type { Instant, NullableInstant } from './columns.ts'

export interface RunsTable {
  id: Generated<number>
  account_id: number
  project_id: number
  environment_id: number
  job_id: number
  status: Generated<RunStatus>
  status_message: string | null
  cause: string
  cause_category: CauseCategory
  overrides: JSONColumnType<TriggerOverrides, string | undefined, string>
  serial_key: string
  slot_exempt: Generated<boolean>
  retrying_run_id: number | null
  upstream_run_id: number | null
  git_branch: string | null
  git_sha: string | null
  dbt_version: string | null
  artifacts_saved: Generated<boolean>
  has_docs_generated: Generated<boolean>
  has_sources_generated: Generated<boolean>
  created_at: Instant
  updated_at: Instant
  should_start_at: Instant
  dequeued_at: NullableInstant
  started_at: NullableInstant
  finished_at: NullableInstant
  claimed_at: NullableInstant
  released_at: NullableInstant
  locked_by: string | null
  claim_count: Generated<number>
  lease_expires_at: NullableInstant
  last_heartbeat_at: NullableInstant
  triggered_by: JSONColumnType<Actor> | null
  cancelled_by: JSONColumnType<Actor> | null
  orchestrator: JSONColumnType<Orchestrator> | null
  node_counts: JSONColumnType<NodeCounts> | null
  commit_facts: JSONColumnType<CommitFacts> | null
}

export type RunRow = Selectable<RunsTable>
