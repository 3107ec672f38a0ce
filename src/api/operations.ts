import { absentLists, absentObjects } from './absent-things.ts'
import { listAccounts } from './accounts/list-accounts.ts'
import { listLicenses } from './accounts/list-licenses.ts'
import { retrieveAccount } from './accounts/retrieve-account.ts'
import { partiallyUpdateAccount, updateAccount } from './accounts/update-account.ts'
import { listRunArtifacts } from './artifacts/list-run-artifacts.ts'
import { retrieveJobArtifact } from './artifacts/retrieve-job-artifact.ts'
import { retrieveRunArtifact } from './artifacts/retrieve-run-artifact.ts'
import { listAuditLogs } from './audit-logs/list-audit-logs.ts'
import * as accountConnections from './connections/account-connection-operations.ts'
import * as connections from './connections/connection-operations.ts'
import { listConnections } from './connections/list-connections.ts'
import { retrieveConnection } from './connections/retrieve-connection.ts'
import * as credentials from './credentials/credentials-operations.ts'
import { listCredentials } from './credentials/list-credentials.ts'
import * as bulkVariables from './environment-variables/bulk-variable-operations.ts'
import * as variableLists from './environment-variables/list-variables.ts'
import * as variables from './environment-variables/variable-operations.ts'
import * as environments from './environments/change-environments.ts'
import { listEnvironmentsV2, listEnvironmentsV3 } from './environments/list-environments.ts'
import type { Operation } from './http/operation.ts'
import { createJob } from './jobs/create-job.ts'
import { destroyJob } from './jobs/destroy-job.ts'
import { listJobs } from './jobs/list-jobs.ts'
import { retrieveJob } from './jobs/retrieve-job.ts'
import { retrieveJobHistory } from './jobs/retrieve-job-history.ts'
import { retryFailedJob } from './jobs/retry-failed-job.ts'
import { triggerJobRun } from './jobs/trigger-job-run.ts'
import { updateJob } from './jobs/update-job.ts'
import { retrieveNodeHistory } from './nodes/retrieve-node-history.ts'
import { createProject, destroyProject, updateProject } from './projects/change-projects.ts'
import { listProjects } from './projects/list-projects.ts'
import { retrieveProject } from './projects/retrieve-project.ts'
import * as repositories from './repositories/repository-operations.ts'
import { browseRuns, countRunsByStatus } from './runs/browse-runs.ts'
import { cancelRun } from './runs/cancel-run.ts'
import { listRunNodes } from './runs/list-run-nodes.ts'
import { listRuns } from './runs/list-runs.ts'
import { retrieveRun } from './runs/retrieve-run.ts'
import { retrieveRunFailureDetails } from './runs/retrieve-run-failure-details.ts'
import { retrieveRunOverview } from './runs/retrieve-run-overview.ts'
import { retrieveRunStep } from './runs/retrieve-run-step.ts'
import { retrieveRunTimeline } from './runs/retrieve-run-timeline.ts'
import { retrieveRunTiming } from './runs/retrieve-run-timing.ts'
import { retrieveStepLog } from './runs/retrieve-step-log.ts'
import { retryFailedRun } from './runs/retry-failed-run.ts'
import { search } from './search/search.ts'
import { createServiceToken } from './service-tokens/create-service-token.ts'
import { destroyServiceToken } from './service-tokens/destroy-service-token.ts'
import { listServiceTokenPermissions } from './service-tokens/list-service-token-permissions.ts'
import { listServiceTokens } from './service-tokens/list-service-tokens.ts'
import { replaceServiceTokenPermissions } from './service-tokens/replace-service-token-permissions.ts'
import { retrieveServiceToken } from './service-tokens/retrieve-service-token.ts'
import { updateServiceToken } from './service-tokens/update-service-token.ts'
import { addFaults } from './simulation/add-faults.ts'
import { resetSimulation } from './simulation/reset-simulation.ts'
import { retrieveSimulation } from './simulation/retrieve-simulation.ts'
import { applyDocument } from './stratus/apply-document.ts'
import { createToken } from './stratus/create-token.ts'
import { exportDocument } from './stratus/export-document.ts'
import { listTokens } from './stratus/list-tokens.ts'
import { retrieveServer } from './stratus/retrieve-server.ts'
import { revokeToken } from './stratus/revoke-token.ts'
import { unservedOperations } from './unserved-operations.ts'
import { listUserCredentials } from './users/list-user-credentials.ts'
import { listUsers } from './users/list-users.ts'
import { retrieveCaller } from './users/retrieve-caller.ts'
import { retrieveUser } from './users/retrieve-user.ts'

/** The API serves these operations, listed by resource. */
const served: Readonly<Record<string, readonly Operation[]>> = {
  accounts: [listAccounts, retrieveAccount, updateAccount, partiallyUpdateAccount, listLicenses],
  projects: [listProjects, createProject, retrieveProject, updateProject, destroyProject],
  repositories: [
    repositories.listRepositories,
    repositories.createRepository,
    repositories.retrieveRepository,
    repositories.updateRepository,
    repositories.destroyRepository,
  ],
  environments: [
    listEnvironmentsV2,
    listEnvironmentsV3,
    environments.createEnvironment,
    environments.retrieveEnvironment,
    environments.updateEnvironment,
    environments.destroyEnvironment,
  ],
  connections: [
    listConnections,
    retrieveConnection,
    connections.createConnection,
    connections.updateConnection,
    connections.destroyConnection,
    accountConnections.createAccountConnection,
    accountConnections.updateAccountConnection,
    accountConnections.destroyAccountConnection,
  ],
  credentials: [
    listCredentials,
    credentials.createCredentials,
    credentials.retrieveCredentials,
    credentials.updateCredentials,
    credentials.patchCredentials,
    credentials.destroyCredentials,
  ],
  environmentVariables: [
    variableLists.listEnvironmentsVariables,
    variableLists.listJobVariables,
    variableLists.listUserVariables,
    variables.createEnvironmentVariable,
    variables.updateEnvironmentVariable,
    variables.destroyEnvironmentVariable,
    bulkVariables.createEnvironmentVariablesBulk,
    bulkVariables.updateEnvironmentVariablesBulk,
    bulkVariables.destroyEnvironmentVariablesBulk,
  ],
  jobs: [listJobs, createJob, retrieveJob, updateJob, destroyJob, triggerJobRun, retryFailedJob],
  runs: [
    listRuns,
    retrieveRun,
    cancelRun,
    retryFailedRun,
    retrieveRunFailureDetails,
    retrieveRunStep,
    retrieveRunTiming,
    listRunNodes,
    browseRuns,
    countRunsByStatus,
    retrieveRunOverview,
    retrieveRunTimeline,
    retrieveJobHistory,
    retrieveNodeHistory,
    search,
    retrieveStepLog,
  ],
  artifacts: [listRunArtifacts, retrieveRunArtifact, retrieveJobArtifact],
  users: [retrieveCaller, listUsers, retrieveUser, listUserCredentials],
  serviceTokens: [
    listServiceTokens,
    createServiceToken,
    retrieveServiceToken,
    updateServiceToken,
    destroyServiceToken,
    listServiceTokenPermissions,
    replaceServiceTokenPermissions,
  ],
  auditLogs: [listAuditLogs],
  absentThings: absentLists,
  stratus: [retrieveServer, applyDocument, exportDocument, listTokens, createToken, revokeToken],
  simulation: [retrieveSimulation, addFaults, resetSimulation],
}

/** The operations are data: they are compared with `openapi/` by a test. */
export const operations: readonly Operation[] = Object.values(served).flat()

/** `app.ts` mounts these: the served operations and those of dbt Cloud that Stratus only knows. */
export const knownOperations: readonly Operation[] = [...operations, ...absentObjects, ...unservedOperations]
