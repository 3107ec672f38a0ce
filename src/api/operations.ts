import { absentLists } from './absent-things.ts'
import { accessOperations } from './access-operations.ts'
import { listAccountsAt } from './accounts/list-accounts.ts'
import { retrieveAccountAt } from './accounts/retrieve-account.ts'
import { partiallyUpdateAccount, updateAccount } from './accounts/update-account.ts'
import { listRunArtifacts } from './artifacts/list-run-artifacts.ts'
import { retrieveJobArtifact } from './artifacts/retrieve-job-artifact.ts'
import { retrieveRunArtifact } from './artifacts/retrieve-run-artifact.ts'
import type { Operation } from './http/operation.ts'
import { retryFailedJob } from './jobs/retry-failed-job.ts'
import { triggerJobRun } from './jobs/trigger-job-run.ts'
import { objectOperations } from './object-operations.ts'
import { cancelRun } from './runs/cancel-run.ts'
import { listRuns } from './runs/list-runs.ts'
import { retrieveRun } from './runs/retrieve-run.ts'
import { retrieveRunFailureDetails } from './runs/retrieve-run-failure-details.ts'
import { retrieveRunStep } from './runs/retrieve-run-step.ts'
import { retrieveRunTiming } from './runs/retrieve-run-timing.ts'
import { retryFailedRun } from './runs/retry-failed-run.ts'
import { stratusOperations } from './stratus/stratus-operations.ts'

/** All that the API does, as data: mounted by `app.ts`, compared with `openapi/` by a test. */
export const operations: readonly Operation[] = [
  retrieveRun,
  listRuns,
  cancelRun,
  retryFailedRun,
  retrieveRunFailureDetails,
  listRunArtifacts,
  retrieveRunArtifact,
  retrieveRunStep,
  listAccountsAt('/api/v2/accounts/'),
  retrieveAccountAt('/api/v2/accounts/:account_id/'),
  updateAccount,
  partiallyUpdateAccount,
  triggerJobRun,
  retryFailedJob,
  retrieveJobArtifact,
  listAccountsAt('/api/v3/accounts/'),
  retrieveAccountAt('/api/v3/accounts/:account_id/'),
  retrieveRunTiming,
  ...accessOperations,
  ...objectOperations,
  ...absentLists,
  ...stratusOperations,
]
