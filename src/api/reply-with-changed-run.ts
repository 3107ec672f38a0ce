import type { RunRecord } from '../runs/run-queries.ts'
import type { ApiContext } from './api-context.ts'
import { describeRun, type RunIncludes } from './describe-runs.ts'
import { ok, type Reply } from './reply.ts'

/** Clients that start or stop a run read its job and trigger without asking for them. */
const changedRunIncludes: RunIncludes = new Set(['trigger', 'job'])

/** The answer to what starts or stops a run. */
export async function replyWithChangedRun(ctx: ApiContext, run: RunRecord): Promise<Reply> {
  return ok(await describeRun(ctx, run, changedRunIncludes))
}
