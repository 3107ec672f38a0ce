import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { DurationSummary } from './history/summarize-runs.ts'

const mostRuns = 30

/** Reads how long the last successful runs of each job took; absent for a job that never succeeded. */
export async function findUsualDurations(
  db: Db,
  accountId: number,
  jobIds: readonly number[],
): Promise<ReadonlyMap<number, DurationSummary>> {
  const { rows } = await sql<DurationSummary & { job_id: number }>`
    select job.id as job_id, usual.*
    from unnest(${jobIds}::bigint[]) as job (id)
    cross join lateral (
      select
        percentile_cont(0.5) within group (order by seconds) as p50,
        percentile_cont(0.95) within group (order by seconds) as p95,
        count(*)::integer as n
      from (
        select extract(epoch from runs.finished_at - runs.started_at)::double precision as seconds
        from runs
        where runs.account_id = ${accountId} and runs.job_id = job.id and runs.status = 'success'
        order by runs.id desc
        limit ${sql.lit(mostRuns)}
      ) as successes
      where seconds is not null
    ) as usual
    where usual.n > 0
  `.execute(db)
  return new Map(rows.map(({ job_id, p50, p95, n }) => [job_id, { p50, p95, n }]))
}
