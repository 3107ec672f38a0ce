import * as z from 'zod'
import { triggerRun } from '../../../runs/trigger-run.ts'
import { withoutUndefined } from '../../../util/without-undefined.ts'
import { describeQueuedRun } from '../../describe-runs.ts'
import { bodyBoolean, bodyInt, bodyText, bodyTextList } from '../../inputs/body-fields.ts'
import { pathId } from '../../inputs/list-query.ts'
import { none, operation } from '../../operation.ts'
import { ok } from '../../reply.ts'

const longName = 1_024

export const triggerJobRun = operation({
  operationId: 'Trigger Job Run',
  method: 'post',
  path: '/api/v2/accounts/:account_id/jobs/:job_id/run/',
  permission: 'runs:trigger',
  audited: 'by-use-case',
  params: z.object({ account_id: pathId, job_id: pathId }),
  query: none,
  body: z.object({
    // Airflow's provider cuts it to 255; with OpenLineage it is a JSON text.
    cause: bodyText(2_000),
    git_sha: bodyText(longName),
    git_branch: bodyText(longName),
    azure_pull_request_id: bodyInt(1),
    github_pull_request_id: bodyInt(1),
    gitlab_merge_request_id: bodyInt(1),
    non_native_pull_request_id: bodyInt(1),
    schema_override: bodyText(longName),
    dbt_version_override: bodyText(longName),
    threads_override: bodyInt(1, 1_024),
    target_name_override: bodyText(longName),
    generate_docs_override: bodyBoolean(),
    timeout_seconds_override: bodyInt(0),
    steps_override: bodyTextList(100, 10_000),
  }),
  async handler(ctx, { params, body, actor }) {
    const { cause, steps_override: steps, ...overrides } = body
    const run = await triggerRun(ctx, {
      accountId: params.account_id,
      jobId: params.job_id,
      causeCategory: 'api',
      actor,
      ...(cause !== undefined && cause.trim() !== '' && { cause }),
      // An empty list overrides nothing, and neither does an empty text.
      overrides: withoutUndefined({ ...overrides, steps_override: steps?.length === 0 ? undefined : steps }),
    })
    return ok(describeQueuedRun(ctx, run))
  },
})
