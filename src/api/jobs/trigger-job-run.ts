import * as z from 'zod'
import { longestCommand } from '../../domain/dbt-command/command-problem.ts'
import { isCommitId } from '../../domain/git/commit-id.ts'
import { namesSecretVariable } from '../../domain/secrets/secret-names.ts'
import { triggerRun } from '../../runs/trigger-run.ts'
import { withoutUndefined } from '../../util/objects/without-undefined.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import {
  bodyBoolean,
  bodyBranch,
  bodyInt,
  bodyTextList,
  filled,
  filledBodyText,
  plainBodyName,
} from '../inputs/body-values.ts'
import { pathId } from '../inputs/list-query.ts'
import { assertMayOverride } from '../runs/assert-may-override.ts'
import { presentQueuedRun } from '../runs/load-runs.ts'

const longName = 1_024

/** Programs with static types send 0 for a number that nobody gave. */
function countOrNone(max?: number) {
  return bodyInt(0, max).transform((count) => (count === 0 ? undefined : count))
}

/** Stratus writes it into a profile, where dbt renders text as code. */
const plainName = filled(plainBodyName())

/** dbt has it as a variable, and puts secrets in for its marks of them wherever a profile asks for variables. */
const cause = filledBodyText(2_000).refine((text) => text === undefined || !namesSecretVariable(text), {
  error: 'Expected text that names no DBT_ENV_SECRET variable.',
})

/** Only the form is checked here: the repository is read when the run starts. */
const commitId = filledBodyText(longName).refine((text) => text === undefined || isCommitId(text), {
  error: 'Expected the id of a commit: 4 to 64 hexadecimal digits.',
})

/** An empty list overrides nothing, and neither does one of empty texts, as forms send it. */
const commandsOverride = z.preprocess(
  (value) => (typeof value === 'string' && value.trim() === '' ? null : value),
  bodyTextList(100, longestCommand).transform((commands) =>
    commands?.every((command) => command.trim() === '') ? undefined : commands,
  ),
)

export const triggerJobRun = operation({
  operationId: 'Trigger Job Run',
  method: 'post',
  path: '/api/v2/accounts/:account_id/jobs/:job_id/run/',
  permission: 'runs:trigger',
  fieldPermission: 'runs:override',
  audited: 'by-use-case',
  params: z.object({ account_id: pathId, job_id: pathId }),
  query: none,
  body: z.object({
    // Airflow's provider cuts it to 255; with OpenLineage it is a JSON text.
    cause,
    git_sha: commitId,
    git_branch: filled(bodyBranch()),
    azure_pull_request_id: countOrNone(),
    github_pull_request_id: countOrNone(),
    gitlab_merge_request_id: countOrNone(),
    non_native_pull_request_id: countOrNone(),
    schema_override: plainName,
    dbt_version_override: plainName,
    threads_override: countOrNone(1_024),
    target_name_override: plainName,
    generate_docs_override: bodyBoolean(),
    timeout_seconds_override: bodyInt(0),
    steps_override: commandsOverride,
  }),
  async handler(ctx, { params, body, token, actor, asked }) {
    const { cause, ...given } = body
    const overrides = withoutUndefined(given)
    await assertMayOverride(ctx, token, { jobId: params.job_id, overrides })
    const run = await triggerRun(ctx, {
      accountId: params.account_id,
      jobId: params.job_id,
      causeCategory: 'api',
      actor,
      asked,
      ...(cause !== undefined && { cause }),
      overrides,
    })
    return ok(presentQueuedRun(ctx, run))
  },
})
