import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { type RunStatus, runStatuses } from '../../domain/runs/run-status.ts'
import type { Scope } from '../../util/paging.ts'
import { type IdRange, idRangeOf } from './id-range.ts'
import { type BrowseFilters, branchesOf } from './run-filters.ts'
import { idsIn, runsOf, seenBy } from './run-ids.ts'

export interface RunCounts {
  readonly byStatus: Readonly<Record<RunStatus, number>>
  /** Runs of every status are counted here. */
  readonly withWarnings: number
  /** It is false where there may be more of each. */
  readonly isExact: boolean
}

/** So many runs are counted at most. */
const mostCounted = 10_000

/**
 * How many runs of each status there are, whatever statuses are asked for. Where all runs of an account or of jobs are counted, each
 * status is counted in an index; elsewhere the newest runs are looked at.
 */
export async function countRuns(db: Db, scope: Scope, filters: BrowseFilters): Promise<RunCounts> {
  const seen = await seenBy(db, scope, { ...filters, statuses: undefined })
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

async function countEach(db: Db, accountId: number, filters: BrowseFilters, range: IdRange): Promise<Counted> {
  const most = mostCounted + 1
  const counts = runStatuses.flatMap((status) => {
    const { branches } = branchesOf(accountId, { ...filters, statuses: [status] })
    if (branches.length === 0) return []
    const parts = branches.map((branch) => sql`(${idsIn(branch, range, most)})`)
    return sql`
      select ${status}::text as status, count(*)::integer as count
      from (select * from (${sql.join(parts, sql` union all `)}) as ids limit ${most}) as ids`
  })
  if (counts.length === 0) return { rows: [], isExact: true }
  const { rows } = await sql<Counted['rows'][number]>`${sql.join(counts, sql` union all `)}`.execute(db)
  const isExact = rows.every(({ count }) => count <= mostCounted)
  return { rows: rows.map(({ status, count }) => ({ status, count: Math.min(count, mostCounted) })), isExact }
}

async function countNewest(db: Db, accountId: number, filters: BrowseFilters, range: IdRange): Promise<Counted> {
  const { branches, rest } = branchesOf(accountId, filters)
  if (branches.length === 0) return { rows: [], isExact: true }
  const scanned = Math.floor(mostCounted / branches.length)
  const parts = branches.map(
    (branch, index) => sql`
      select ${sql.lit(index)} as branch, runs.status, count(*) filter (where ${rest ?? sql`true`})::integer as count,
        count(*)::integer as looked_at
      from (${runsOf(idsIn(branch, range, scanned), undefined)}) as runs
      group by runs.status`,
  )
  const { rows } = await sql<{ branch: number; status: RunStatus; count: number; looked_at: number }>`
    ${sql.join(parts, sql` union all `)}
  `.execute(db)
  // A branch whose runs were all looked at is exact.
  const lookedAt = branches.map((_, index) =>
    rows.filter(({ branch }) => branch === index).reduce((sum, { looked_at }) => sum + looked_at, 0),
  )
  return { rows, isExact: lookedAt.every((sum) => sum < scanned) }
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
