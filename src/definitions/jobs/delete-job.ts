import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { JobRow } from '../../db/schema/jobs.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { activeState, deletedState } from '../../domain/state.ts'

/** Marks a job as deleted: it starts no more runs, and those that it has stay readable. */
export async function deleteJob(
  ctx: { db: Db },
  { accountId, jobId }: { accountId: number; jobId: number },
): Promise<JobRow> {
  const deleted = await ctx.db
    .updateTable('jobs')
    .set({ state: deletedState, next_run_at: null, updated_at: sql<Date>`now()` })
    .where('id', '=', jobId)
    .where('account_id', '=', accountId)
    .where('state', '=', activeState)
    .returningAll()
    .executeTakeFirst()
  if (deleted === undefined) throw new NotFoundError(`There is no job ${jobId} in account ${accountId}.`)
  return deleted
}
