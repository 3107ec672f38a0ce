import { NotFoundError } from '../domain/errors.ts'
import { findRun } from '../runs/run-queries.ts'
import type { ApiContext } from './api-context.ts'
import { describeRun, type RunIncludes } from './describe-runs.ts'
import { ok, type Reply } from './reply.ts'

/** A run by its id, as it is now. */
export async function replyWithRun(
  ctx: ApiContext,
  accountId: number,
  runId: number,
  include: RunIncludes,
): Promise<Reply> {
  const run = await findRun(ctx.db, accountId, runId)
  if (run === undefined) throw new NotFoundError(`There is no run ${runId} in account ${accountId}.`)
  return ok(await describeRun(ctx, run, include))
}

/** Clients that started a run read its job and trigger without asking for them. */
export const newRunIncludes: RunIncludes = new Set(['trigger', 'job'])
