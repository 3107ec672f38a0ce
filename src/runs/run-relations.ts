import { sql } from 'kysely'
import type { Db } from '../db/database.ts'

/** It says how a run stands among the other runs of its job. */
export interface RunRelations {
  readonly id: number
  /** The first run that failed since the last one that did not: for a run that failed. */
  readonly failing_since_run_id: number | null
  readonly failing_since: Date | null
  readonly last_good_run_id: number | null
  /** A run that failed has the first success after it. */
  readonly fixed_by_run_id: number | null
  /** The newest run that resumed it. */
  readonly resumed_by_run_id: number | null
}

/** Each answer is one entry of an index, however many runs a job has. */
export async function findRunRelations(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, RunRelations>> {
  const { rows } = await sql<RunRelations>`
    select runs.id, good.id as last_good_run_id, failing.id as failing_since_run_id, failing.created_at as failing_since,
      fixed.id as fixed_by_run_id, resumed.id as resumed_by_run_id
    from runs
    left join lateral (
      select before.id
      from runs as before
      where before.account_id = runs.account_id and before.job_id = runs.job_id and before.status = 'success'
        and before.id < runs.id
      order by before.id desc
      limit 1
    ) as good on runs.status = 'error'
    left join lateral (
      select before.id, before.created_at
      from runs as before
      where before.account_id = runs.account_id and before.job_id = runs.job_id and before.status = 'error'
        and before.id > coalesce(good.id, 0)
      order by before.id
      limit 1
    ) as failing on runs.status = 'error'
    left join lateral (
      select after.id
      from runs as after
      where after.account_id = runs.account_id and after.job_id = runs.job_id and after.status = 'success'
        and after.id > runs.id
      order by after.id
      limit 1
    ) as fixed on runs.status = 'error'
    left join lateral (
      select retry.id from runs as retry where retry.retrying_run_id = runs.id order by retry.id desc limit 1
    ) as resumed on true
    where runs.id = any(${ids}::bigint[])
  `.execute(db)
  return new Map(rows.map((row) => [row.id, row]))
}
