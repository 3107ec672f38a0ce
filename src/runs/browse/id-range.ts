import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { BrowseFilters } from './run-filters.ts'

/** The ids that runs of a span of time have. */
export interface IdRange {
  readonly from: number
  readonly to: number
}

/** Ids of runs that were queued at the same moment may be in another order than their times: these are looked at. */
const sameMoment = 100

/** Undefined: no run is of that time. Ids go with the time, so that an index by ids serves both. */
export async function idRangeOf(
  db: Db,
  accountId: number,
  { since, until }: Pick<BrowseFilters, 'since' | 'until'>,
): Promise<IdRange | undefined> {
  const whole = { from: 0, to: Number.MAX_SAFE_INTEGER }
  if (since === undefined && until === undefined) return whole
  const { rows } = await sql<{ from: number | null; to: number | null }>`
    select ${since === undefined ? sql.lit(whole.from) : edge(accountId, sql`min`, sql`>= ${since}`, sql`asc`)} as from,
      ${until === undefined ? sql`${whole.to}::bigint` : edge(accountId, sql`max`, sql`<= ${until}`, sql`desc`)} as to
  `.execute(db)
  const { from = null, to = null } = rows[0] ?? {}
  return from === null || to === null ? undefined : { from, to }
}

function edge(
  accountId: number,
  pick: RawBuilder<unknown>,
  isInside: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
): RawBuilder<number | null> {
  return sql`(
    select ${pick}(id)
    from (
      select id from runs
      where account_id = ${accountId} and created_at ${isInside}
      order by created_at ${order}, id ${order}
      limit ${sql.lit(sameMoment)}
    ) as edge
  )`
}
