import { listAccountsAt } from './list-accounts-at.ts'
import { listProjectsAt } from './list-projects-at.ts'
import type { Operation } from './operation.ts'
import { retrieveAccountAt } from './retrieve-account-at.ts'
import { retrieveProjectAt } from './retrieve-project-at.ts'
import { stratusOperations } from './stratus/stratus-operations.ts'
import { listEnvironments } from './v2/environments/list-environments.ts'
import { retrieveEnvironment } from './v2/environments/retrieve-environment.ts'
import { listJobs } from './v2/jobs/list-jobs.ts'
import { retrieveJob } from './v2/jobs/retrieve-job.ts'
import { retrieveJobArtifact } from './v2/jobs/retrieve-job-artifact.ts'
import { retryFailedJob } from './v2/jobs/retry-failed-job.ts'
import { triggerJobRun } from './v2/jobs/trigger-job-run.ts'
import { cancelRun } from './v2/runs/cancel-run.ts'
import { listRunArtifacts } from './v2/runs/list-run-artifacts.ts'
import { listRuns } from './v2/runs/list-runs.ts'
import { retrieveRun } from './v2/runs/retrieve-run.ts'
import { retrieveRunArtifact } from './v2/runs/retrieve-run-artifact.ts'
import { retrieveRunFailureDetails } from './v2/runs/retrieve-run-failure-details.ts'
import { retryFailedRun } from './v2/runs/retry-failed-run.ts'
import { retrieveCaller } from './v2/users/retrieve-caller.ts'
import * as v3Environments from './v3/environments/list-environments.ts'
import { retrieveEnvironment as retrieveV3Environment } from './v3/environments/retrieve-environment.ts'

/** All that the API does, as data: mounted by `app.ts`, compared with `openapi/` by a test. */
export const operations: readonly Operation[] = [
  // First what clients poll: the router looks at one path after another.
  retrieveRun,
  listRuns,
  cancelRun,
  retryFailedRun,
  retrieveRunFailureDetails,
  listRunArtifacts,
  retrieveRunArtifact,
  listAccountsAt('/api/v2/accounts/'),
  retrieveAccountAt('/api/v2/accounts/:account_id/'),
  retrieveCaller,
  listProjectsAt('/api/v2/accounts/:account_id/projects/'),
  retrieveProjectAt('/api/v2/accounts/:account_id/projects/:project_id/'),
  listEnvironments,
  retrieveEnvironment,
  listJobs,
  retrieveJob,
  triggerJobRun,
  retryFailedJob,
  retrieveJobArtifact,
  listAccountsAt('/api/v3/accounts/'),
  retrieveAccountAt('/api/v3/accounts/:account_id/'),
  listProjectsAt('/api/v3/accounts/:account_id/projects/'),
  retrieveProjectAt('/api/v3/accounts/:account_id/projects/:project_id/'),
  v3Environments.listAccountEnvironments,
  v3Environments.listEnvironments,
  retrieveV3Environment,
  ...stratusOperations,
]
