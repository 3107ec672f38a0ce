import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { type RunStatus, runStatuses } from '../../domain/runs/run-status.ts'
import type { Scope } from '../../util/paging.ts'
import { inBranch, inScope } from './browse-runs.ts'
import { idRangeOf } from './id-range.ts'
import { type BrowseFilters, branchesOf } from './run-filters.ts'

export interface RunCounts {
  readonly byStatus: Readonly<Record<RunStatus, number>>
  /** Of all statuses. */
  readonly withWarnings: number
  /** False: there may be more of each. */
  readonly isExact: boolean
}

/** So many runs are counted at most. */
const mostCounted = 10_000

/**
 * How many runs of each status there are, whatever statuses are asked for. Where all runs of an account or of jobs are counted, each
 * status is counted in an index; elsewhere the newest runs are looked at.
 */
export async function countRuns(db: Db, scope: Scope, filters: BrowseFilters): Promise<RunCounts> {
  const seen = inScope({ ...filters, statuses: undefined }, scope)
  const range = await idRangeOf(db, scope.accountId, seen)
  if (range === undefined) return { byStatus: byStatus([]), withWarnings: 0, isExact: true }
  const isIndexed = Object.entries(seen).every(([name, value]) => value === undefined || name === 'jobIds')
  const [counted, warned] = await Promise.all([
    isIndexed ? countEach(db, scope.accountId, seen, range) : countNewest(db, scope.accountId, seen, range),
    countNewest(db, scope.accountId, { ...seen, withWarnings: true }, range),
  ])
  return {
    byStatus: byStatus(counted.rows),
    withWarnings: warned.rows.reduce((sum, { count }) => sum + count, 0),
    isExact: counted.isExact && warned.isExact,
  }
}

interface Counted {
  readonly rows: readonly { readonly status: RunStatus; readonly count: number }[]
  readonly isExact: boolean
}

type Range = NonNullable<Awaited<ReturnType<typeof idRangeOf>>>

async function countEach(db: Db, accountId: number, filters: BrowseFilters, range: Range): Promise<Counted> {
  const counts = runStatuses.map((status) => {
    const { branches } = branchesOf({ ...filters, statuses: [status] })
    const parts = branches.map(
      (branch) => sql`(${inBranch(accountId, branch, range, undefined, sql`runs.id`)} limit ${mostCounted + 1})`,
    )
    return sql`
      select ${status} as status, count(*)::integer as count
      from (select * from (${sql.join(parts, sql` union all `)}) as found limit ${mostCounted + 1}) as found`
  })
  const { rows } = await sql<Counted['rows'][number]>`${sql.join(counts, sql` union all `)}`.execute(db)
  const isExact = rows.every(({ count }) => count <= mostCounted)
  return { rows: rows.map(({ status, count }) => ({ status, count: Math.min(count, mostCounted) })), isExact }
}

async function countNewest(db: Db, accountId: number, filters: BrowseFilters, range: Range): Promise<Counted> {
  const { branches, rest } = branchesOf(filters)
  if (branches.length === 0) return { rows: [], isExact: true }
  const scanned = Math.floor(mostCounted / branches.length)
  const columns = rest === undefined ? sql`runs.id, runs.status` : sql`runs.*`
  const parts = branches.map(
    (branch) => sql`
      select status, count(*) filter (where ${rest ?? sql`true`})::integer as count, count(*) as looked_at
      from (${inBranch(accountId, branch, range, undefined, columns)} limit ${scanned}) as runs
      group by status`,
  )
  // A branch whose runs are all looked at is exact; how many those are is the sum over its statuses.
  const { rows } = await sql<{ status: RunStatus; count: number; branch: number; looked_at: number }>`
    ${sql.join(
      parts.map(
        (part, index) => sql`select status, count, looked_at, ${sql.lit(index)} as branch from (${part}) as counted`,
      ),
      sql` union all `,
    )}
  `.execute(db)
  const sums = branches.map((_, index) =>
    rows.filter(({ branch }) => branch === index).reduce((sum, { looked_at }) => sum + Number(looked_at), 0),
  )
  return { rows, isExact: sums.every((sum) => sum < scanned) }
}

function byStatus(rows: Counted['rows']): Record<RunStatus, number> {
  const sum = (status: RunStatus) =>
    rows.filter((row) => row.status === status).reduce((total, { count }) => total + count, 0)
  return {
    queued: sum('queued'),
    starting: sum('starting'),
    running: sum('running'),
    success: sum('success'),
    error: sum('error'),
    cancelled: sum('cancelled'),
  }
}
