import type { ColumnType, Generated, Insertable, JSONColumnType, Selectable } from 'kysely'
import type { Actor } from '../domain/actor.ts'
import type { Connection, DeploymentType, Detail, EngineKind } from '../domain/environment.ts'
import type { JobCompletionTrigger, JobFlags, JobSchedule, JobType } from '../domain/job.ts'
import type { Orchestrator } from '../domain/orchestrator.ts'
import type { TokenGrant } from '../domain/permissions.ts'
import type { RunStatus } from '../domain/run-status.ts'
import type { StepKind, StepStatus } from '../domain/run-step.ts'
import type { Scenario } from '../domain/scenario.ts'
import type { CauseCategory, TriggerOverrides } from '../domain/trigger.ts'

// Rows keep the database's snake_case, which is the wire's too; presenters take them as they are.

type Instant = ColumnType<Date, Date | string | undefined, Date | string>
type NullableInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>
/** 1 active, 2 deleted: the wire's own numbers. */
type State = Generated<number>

export interface AccountsTable {
  id: Generated<number>
  name: string
  run_slots: Generated<number>
  state: State
  created_at: Instant
  updated_at: Instant
}

export interface TokensTable {
  id: Generated<number>
  account_id: number
  name: string
  hash: Buffer
  grants: JSONColumnType<TokenGrant[]>
  created_at: Instant
  expires_at: NullableInstant
  last_used_at: NullableInstant
  revoked_at: NullableInstant
  updated_at: Instant
}

export interface SessionsTable {
  hash: Buffer
  token_id: number
  created_at: Generated<Date>
  expires_at: Date
}

export interface SignInCodesTable {
  hash: Buffer
  token_id: number
  expires_at: Date
}

export interface ProjectsTable {
  id: Generated<number>
  account_id: number
  name: string
  description: Generated<string>
  path: string | null
  git_url: string | null
  git_branch: string | null
  subdirectory: string | null
  state: State
  created_at: Instant
  updated_at: Instant
}

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

type JobFlagColumns = { [Flag in keyof JobFlags]: Generated<boolean> }

export interface JobsTable extends JobFlagColumns {
  id: Generated<number>
  account_id: number
  project_id: number
  environment_id: number
  name: string
  description: Generated<string>
  dbt_version: string | null
  engine: EngineKind | null
  execute_steps: Generated<string[]>
  timeout_seconds: Generated<number>
  threads: number | null
  target_name: string | null
  trigger_schedule: Generated<boolean>
  trigger_github_webhook: Generated<boolean>
  trigger_git_provider_webhook: Generated<boolean>
  trigger_on_merge: Generated<boolean>
  schedule: JSONColumnType<JobSchedule> | null
  schedule_cron: string | null
  next_run_at: NullableInstant
  compare_changes_flags: Generated<string>
  deferring_job_definition_id: number | null
  deferring_environment_id: number | null
  lifecycle_webhooks_url: string | null
  job_type: Generated<JobType>
  job_completion_trigger: JSONColumnType<JobCompletionTrigger> | null
  cost_optimization_features: Generated<string[]>
  deactivated: Generated<boolean>
  run_failure_count: Generated<number>
  simulation: JSONColumnType<Scenario> | null
  state: State
  created_at: Instant
  updated_at: Instant
}

type Details = Readonly<Record<string, Detail>>

export interface ConnectionsTable {
  id: Generated<number>
  account_id: number
  /** Null: environments of all projects may use it. */
  project_id: number | null
  name: string
  type: string
  details: JSONColumnType<Details>
  secrets: string | null
  state: State
  created_at: Instant
  updated_at: Instant
}

export interface CredentialsTable {
  id: Generated<number>
  account_id: number
  project_id: number
  type: string
  threads: number | null
  target_name: string | null
  details: JSONColumnType<Details>
  secrets: string | null
  /** Where the secrets were first sent. */
  secrets_target: JSONColumnType<Pick<Connection, 'type' | 'details'>> | null
  state: State
  created_at: Instant
  updated_at: Instant
}

/** A view. */
export interface ShownConnections {
  id: number
  account_id: number
  /** Null: it is of the whole account. */
  project_id: number | null
  /** Whose own connection it is; null: it stands for itself. */
  environment_id: number | null
  name: string
  type: string
  details: Details
  state: number
  created_at: Date
  updated_at: Date
}

export interface EnvironmentVariablesTable {
  id: Generated<number>
  account_id: number
  project_id: number
  environment_id: number | null
  job_id: number | null
  name: string
  value: string | null
  ciphertext: string | null
  created_at: Instant
  updated_at: Instant
}

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
}

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

/** The keys that secrets are encrypted with, and where each was given first. */
interface SecretKeysTable {
  key_id: string
  machine: string
  file: string | null
  created_at: Generated<Date>
}

/** Ciphertexts of the first format that are still to be bound to their places. */
interface UnboundSecretsTable {
  place: string
  id: number
}

export interface Schema {
  accounts: AccountsTable
  tokens: TokensTable
  sessions: SessionsTable
  sign_in_codes: SignInCodesTable
  projects: ProjectsTable
  environments: EnvironmentsTable
  jobs: JobsTable
  connections: ConnectionsTable
  credentials: CredentialsTable
  shown_connections: ShownConnections
  environment_variables: EnvironmentVariablesTable
  secret_keys: SecretKeysTable
  unbound_secrets: UnboundSecretsTable
  runs: RunsTable
  audit_logs: AuditLogsTable
  lanes: LanesTable
  job_completions: JobCompletionsTable
  exclusive_holds: ExclusiveHoldsTable
  run_steps: RunStepsTable
  step_log_chunks: StepLogChunksTable
  run_artifacts: RunArtifactsTable
}

export type AccountRow = Selectable<AccountsTable>
export type TokenRow = Selectable<TokensTable>
export type ProjectRow = Selectable<ProjectsTable>
export type EnvironmentRow = Selectable<EnvironmentsTable>
export type JobRow = Selectable<JobsTable>
export type NewJob = Insertable<JobsTable>
export type ConnectionRow = Selectable<ConnectionsTable>
export type CredentialsRow = Selectable<CredentialsTable>
export type ShownConnectionRow = Selectable<ShownConnections>
export type EnvironmentVariableRow = Selectable<EnvironmentVariablesTable>
export type RunRow = Selectable<RunsTable>
export type AuditLogRow = Selectable<AuditLogsTable>
export type RunStepRow = Selectable<RunStepsTable>
