import * as accountConnections from './connections/account-connection-operations.ts'
import * as connections from './connections/connection-operations.ts'
import { listConnectionsAt } from './connections/list-connections.ts'
import { retrieveConnection } from './connections/retrieve-flat-connection.ts'
import * as credentials from './credentials/credentials-operations.ts'
import { listCredentials } from './credentials/list-credentials.ts'
import * as bulkVariables from './environment-variables/bulk-variable-operations.ts'
import * as variableLists from './environment-variables/list-variables.ts'
import * as variables from './environment-variables/variable-operations.ts'
import {
  createEnvironmentAt,
  destroyEnvironmentAt,
  retrieveEnvironmentAt,
  updateEnvironmentAt,
} from './environments/change-environments.ts'
import { listEnvironments } from './environments/list-environments-v2.ts'
import * as v3Environments from './environments/list-environments-v3.ts'
import type { Operation } from './http/operation.ts'
import { createJob } from './jobs/create-job.ts'
import { destroyJob } from './jobs/destroy-job.ts'
import { listJobs } from './jobs/list-jobs.ts'
import { retrieveJob } from './jobs/retrieve-job.ts'
import { updateJob } from './jobs/update-job.ts'
import { presentConnection, presentFlatConnection } from './presenters/present-connection.ts'
import { presentRepository, presentSpacedRepository } from './presenters/present-repository.ts'
import { createProjectAt, destroyProjectAt, updateProjectAt } from './projects/change-projects.ts'
import { listProjectsAt } from './projects/list-projects.ts'
import { retrieveProjectAt } from './projects/retrieve-project.ts'
import * as repositories from './repositories/repository-operations.ts'

const v2 = '/api/v2/accounts/:account_id/'
const v3 = '/api/v3/accounts/:account_id/'
const inProject = `${v3}projects/:project_id/`

const environmentPlaces = [
  { path: `${v2}environments/`, dialect: 'v2', noun: 'Environment' },
  { path: `${v3}environments/`, dialect: 'v3', noun: 'Account Environment' },
  { path: `${inProject}environments/`, dialect: 'v3', noun: 'Environment' },
] as const

/** What clients define: projects, environments, jobs, and what they connect to. */
export const objectOperations: readonly Operation[] = [
  listJobs,
  createJob,
  retrieveJob,
  updateJob,
  destroyJob,
  ...[`${v2}projects/`, `${v3}projects/`].flatMap((path) => [
    listProjectsAt(path),
    createProjectAt(path),
    retrieveProjectAt(`${path}:project_id/`),
    updateProjectAt(path),
    destroyProjectAt(path),
  ]),
  listEnvironments,
  v3Environments.listAccountEnvironments,
  v3Environments.listEnvironments,
  ...environmentPlaces.flatMap((place) => [
    createEnvironmentAt(place),
    retrieveEnvironmentAt(place),
    updateEnvironmentAt(place),
    destroyEnvironmentAt(place),
  ]),
  listConnectionsAt({
    operationId: 'List Connections',
    path: `${v2}connections/`,
    describe: (_ctx, rows) => rows.map(presentFlatConnection),
  }),
  retrieveConnection,
  listConnectionsAt({
    operationId: 'List Connections',
    path: `${inProject}connections/`,
    describe: (_ctx, rows) => rows.map(presentConnection),
  }),
  accountConnections.listAccountConnections,
  accountConnections.createAccountConnection,
  accountConnections.retrieveAccountConnection,
  accountConnections.updateAccountConnection,
  accountConnections.destroyAccountConnection,
  connections.createConnection,
  connections.retrieveConnection,
  connections.updateConnection,
  connections.destroyConnection,
  listCredentials,
  credentials.createCredentials,
  credentials.retrieveCredentials,
  credentials.updateCredentials,
  credentials.patchCredentials,
  credentials.destroyCredentials,
  repositories.listRepositoriesAt(`${v2}repositories/`, presentRepository),
  repositories.retrieveAccountRepository,
  repositories.listRepositoriesAt(`${inProject}repositories/`, presentSpacedRepository),
  repositories.createRepository,
  repositories.retrieveRepository,
  repositories.updateRepository,
  repositories.destroyRepository,
  // Their own words before ids: the first path that matches answers.
  variableLists.listEnvironmentsVariables,
  variableLists.listJobVariables,
  variableLists.listUserVariables,
  bulkVariables.createEnvironmentVariablesBulk,
  bulkVariables.updateEnvironmentVariablesBulk,
  bulkVariables.destroyEnvironmentVariablesBulk,
  variables.createEnvironmentVariable,
  variables.updateEnvironmentVariable,
  variables.destroyEnvironmentVariable,
]
