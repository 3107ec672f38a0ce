import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { Condition } from '../../db/list-queries.ts'
import type { Scope } from '../../util/paging.ts'
import type { IdRange } from './id-range.ts'
import type { BrowseFilters } from './run-filters.ts'

/** The filters of a caller, who sees the runs of its projects and the jobs of its account, whichever it asks for. */
export async function seenBy(db: Db, { accountId, projectIds }: Scope, filters: BrowseFilters): Promise<BrowseFilters> {
  const jobIds = filters.jobIds && (await jobsOfAccount(db, accountId, filters.jobIds))
  const asked = filters.projectIds
  if (projectIds === null) return { ...filters, jobIds }
  const visible = asked === undefined ? projectIds : asked.filter((id) => projectIds.includes(id))
  return { ...filters, jobIds, projectIds: visible }
}

async function jobsOfAccount(db: Db, accountId: number, ids: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select jobs.id from jobs where jobs.id = any(${ids}::bigint[]) and jobs.account_id = ${accountId}
  `.execute(db)
  return rows.map(({ id }) => id)
}

/** Selects the newest ids of a branch, and nothing else, so that its index alone is read, and no run that is not of it. */
export function idsIn(
  branch: Condition,
  { from, to, before }: IdRange & { readonly before?: number | undefined },
  limit: number,
): RawBuilder<unknown> {
  return sql`
    select runs.id from runs
    where ${branch} and runs.id >= ${from} and runs.id <= ${to} and runs.id < ${before ?? Number.MAX_SAFE_INTEGER}
    order by runs.id desc
    limit ${limit}
  `
}

/** The runs of these ids that are what is asked for, one after the other until the reader has enough. `offset 0` keeps it so. */
export function runsOf(ids: RawBuilder<unknown>, rest: Condition | undefined): RawBuilder<unknown> {
  return sql`
    select runs.*
    from (${ids}) as branch
    cross join lateral (select runs.* from runs where runs.id = branch.id offset 0) as runs
    where ${rest ?? sql`true`}
    order by branch.id desc
  `
}
