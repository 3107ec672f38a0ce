import { NotFoundError } from '../../domain/errors.ts'
import { findRun, type RunRecord } from '../../runs/run-queries.ts'
import type { ApiContext } from '../api-context.ts'

/** The run that a path names. */
export async function findRunOrThrow(
  ctx: Pick<ApiContext, 'db'>,
  { account_id, run_id }: { readonly account_id: number; readonly run_id: number },
): Promise<RunRecord> {
  const run = await findRun(ctx.db, account_id, run_id)
  if (run === undefined) throw new NotFoundError(`There is no run ${run_id} in account ${account_id}.`)
  return run
}
