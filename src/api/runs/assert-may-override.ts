import type { RunRow } from '../../db/schema/runs.ts'
import { findProjectOfJob } from '../../definitions/jobs/job-queries.ts'
import { executionOverrides, type TriggerOverrides } from '../../domain/runs/trigger.ts'
import type { ApiContext } from '../api-context.ts'
import { assertAlsoHeld, type Caller } from '../http/access.ts'

/** Throws ForbiddenError when some of the overrides choose what a run executes and the token may not choose that. */
export async function assertMayOverride(
  ctx: Pick<ApiContext, 'db'>,
  token: Caller,
  { jobId, overrides }: { readonly jobId: number; readonly overrides: TriggerOverrides },
): Promise<void> {
  await assertHeld(ctx, token, jobId, executionOverrides(overrides))
}

/**
 * Throws ForbiddenError when the run was given overrides that the token may not give: a retry of it executes the same
 * again, whoever triggered it.
 */
export async function assertMayRepeat(ctx: Pick<ApiContext, 'db'>, token: Caller, failed: RunRow): Promise<void> {
  const choosing = executionOverrides(failed.overrides).map((name) => `${name} of run ${failed.id}`)
  await assertHeld(ctx, token, failed.job_id, choosing)
}

async function assertHeld(
  { db }: Pick<ApiContext, 'db'>,
  token: Caller,
  jobId: number,
  fields: readonly string[],
): Promise<void> {
  if (fields.length === 0) return
  await assertAlsoHeld(token, 'runs:override', fields, () => findProjectOfJob(db, token.account_id, jobId))
}
