import type { AccountsTable } from './accounts.ts'
import type { AuditLogsTable } from './audit-logs.ts'
import type { ConnectionsTable, CredentialsTable, ShownConnections } from './connections.ts'
import type { EnvironmentVariablesTable } from './environment-variables.ts'
import type { EnvironmentsTable } from './environments.ts'
import type { JobsTable } from './jobs.ts'
import type { NodesTable, RunFailuresTable, RunNodesTable } from './nodes.ts'
import type { ProjectsTable } from './projects.ts'
import type { ExclusiveHoldsTable, JobCompletionsTable, LanesTable } from './queue.ts'
import type { RunArtifactsTable, RunStepsTable, StepLogChunksTable } from './run-steps.ts'
import type { RunsTable } from './runs.ts'
import type { SecretKeysTable } from './secrets.ts'
import type { SessionsTable, SignInCodesTable, TokensTable } from './tokens.ts'

/** Names every table and view. */
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
  runs: RunsTable
  audit_logs: AuditLogsTable
  lanes: LanesTable
  job_completions: JobCompletionsTable
  exclusive_holds: ExclusiveHoldsTable
  run_steps: RunStepsTable
  step_log_chunks: StepLogChunksTable
  run_artifacts: RunArtifactsTable
  nodes: NodesTable
  run_nodes: RunNodesTable
  run_failures: RunFailuresTable
}
