import { absentLists } from './absent-things.ts'
import { accessOperations } from './access-operations.ts'
import { listAccountsAt } from './list-accounts-at.ts'
import { objectOperations } from './object-operations.ts'
import type { Operation } from './operation.ts'
import { retrieveAccountAt } from './retrieve-account-at.ts'
import { stratusOperations } from './stratus/stratus-operations.ts'
import { partiallyUpdateAccount, updateAccount } from './v2/accounts/update-account.ts'
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
import { retrieveRunStep } from './v2/steps/retrieve-run-step.ts'
import { retrieveRunTiming } from './v3/runs/retrieve-run-timing.ts'

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
