import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { Condition } from '../../db/list-queries.ts'
import type { RunRow } from '../../db/schema/runs.ts'
import type { Scope } from '../../util/paging.ts'
import { type IdRange, idRangeOf } from './id-range.ts'
import { type BrowseFilters, branchesOf } from './run-filters.ts'

export interface BrowsedRuns {
  /** The newest first. */
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
  const seen = inScope(filters, scope)
  const range = await idRangeOf(db, scope.accountId, seen)
  const { branches, rest } = branchesOf(seen)
  if (range === undefined || branches.length === 0) return { runs: [], nextBefore: null }
  const scanned = Math.floor(mostScanned / branches.length)
  const within = (branch: Condition) => inBranch(scope.accountId, branch, range, before)
  const parts = branches.map((branch) =>
    rest === undefined
      ? sql`(${within(branch)} limit ${limit + 1})`
      : sql`(
          select * from (${within(branch)} limit ${scanned}) as runs
          where ${rest}
          order by runs.id desc
          limit ${limit + 1}
        )`,
  )
  const { rows } = await sql<RunRow>`
    select * from (${sql.join(parts, sql` union all `)}) as runs order by runs.id desc limit ${limit + 1}
  `.execute(db)
  const isFull = rows.length > limit
  const floor =
    rest === undefined || (isFull && branches.length === 1) ? null : await floorOf(db, branches.map(within), scanned)
  const whole = floor === null ? rows : rows.filter(({ id }) => id >= floor)
  const runs = whole.slice(0, limit)
  return { runs, nextBefore: whole.length > limit ? (runs.at(-1)?.id ?? null) : floor }
}

/** A caller sees the runs of its projects, whichever it asks for. */
export function inScope(filters: BrowseFilters, { projectIds }: Scope): BrowseFilters {
  if (projectIds === null) return filters
  const asked = filters.projectIds
  return { ...filters, projectIds: asked === undefined ? projectIds : asked.filter((id) => projectIds.includes(id)) }
}

/** The runs of a branch, without an end. */
export function inBranch(
  accountId: number,
  branch: Condition,
  { from, to }: IdRange,
  before: number | undefined,
  columns: RawBuilder<unknown> = sql`runs.*`,
): RawBuilder<unknown> {
  return sql`
    select ${columns} from runs
    where runs.account_id = ${accountId} and (${branch}) and runs.id >= ${from} and runs.id <= ${to}
      and runs.id < ${before ?? Number.MAX_SAFE_INTEGER}
    order by runs.id desc
  `
}

/** The id down to which all branches were looked at; null: to their ends. */
async function floorOf(db: Db, branches: readonly RawBuilder<unknown>[], scanned: number): Promise<number | null> {
  const floors = branches.map(
    (branch) => sql`(select branch.id from (${branch} limit ${scanned}) as branch offset ${scanned - 1} limit 1)`,
  )
  const { rows } = await sql<{ floor: number | null }>`select greatest(${sql.join(floors)}) as floor`.execute(db)
  return rows[0]?.floor ?? null
}
