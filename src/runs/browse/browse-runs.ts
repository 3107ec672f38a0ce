import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { RunRow } from '../../db/schema/runs.ts'
import type { Scope } from '../../util/paging.ts'
import { idRangeOf } from './id-range.ts'
import { type BrowseFilters, branchesOf } from './run-filters.ts'
import { idsIn, runsOf, seenBy } from './run-ids.ts'

export interface BrowsedRuns {
  /** The newest comes first. */
  readonly runs: readonly RunRow[]
  /** Where the next page begins; null after the last. A page may be short, or empty, and not the last. */
  readonly nextBefore: number | null
}

export interface BrowsePaging {
  readonly before?: number | undefined
  readonly limit: number
  /** So many runs are looked at for a page, however few of them are what is asked for. */
  readonly mostScanned?: number
}

/**
 * A page of runs. What an index cannot answer is asked of a bounded number of runs: then the page ends where these end, and the next
 * one goes on from there.
 */
export async function browseRuns(
  db: Db,
  scope: Scope,
  filters: BrowseFilters,
  { before, limit, mostScanned = 10_000 }: BrowsePaging,
): Promise<BrowsedRuns> {
  const seen = await seenBy(db, scope, filters)
  const range = await idRangeOf(db, scope.accountId, seen)
  const { branches, rest } = branchesOf(scope.accountId, seen)
  if (range === undefined || branches.length === 0) return { runs: [], nextBefore: null }
  const scanned = Math.floor(mostScanned / branches.length)
  const ids = branches.map((branch) => idsIn(branch, { ...range, before }, rest === undefined ? limit + 1 : scanned))
  const parts = ids.map((branch) => sql`(${runsOf(branch, rest)} limit ${limit + 1})`)
  const { rows } = await sql<RunRow>`
    select * from (${sql.join(parts, sql` union all `)}) as runs order by runs.id desc limit ${limit + 1}
  `.execute(db)
  const isFull = rows.length > limit
  const floor = rest === undefined || (isFull && ids.length === 1) ? null : await floorOf(db, ids, scanned)
  const whole = floor === null ? rows : rows.filter(({ id }) => id >= floor)
  const runs = whole.slice(0, limit)
  return { runs, nextBefore: whole.length > limit ? (runs.at(-1)?.id ?? null) : floor }
}

/** The id down to which all branches were looked at; null: to their ends. */
async function floorOf(db: Db, branches: readonly RawBuilder<unknown>[], scanned: number): Promise<number | null> {
  const floors = branches.map(
    (branch) => sql`(select branch.id from (${branch}) as branch offset ${scanned - 1} limit 1)`,
  )
  const { rows } = await sql<{ floor: number | null }>`select greatest(${sql.join(floors)}) as floor`.execute(db)
  return rows[0]?.floor ?? null
}
