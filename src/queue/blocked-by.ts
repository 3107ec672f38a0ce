import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { prepared } from '../db/prepared-statements.ts'
import type { RunRow } from '../db/schema/runs.ts'

const mostNamedAhead = 20

/**
 * Finds what each queued run waits for: its lane's holder and at most 20 queued ahead. It is one query for all runs,
 * and none when no run is queued: it takes twice as long as reading a run.
 */
export async function blockersOf(
  db: Db,
  runs: readonly Pick<RunRow, 'id' | 'status'>[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const queued = runs.filter((run) => run.status === 'queued').map((run) => run.id)
  if (queued.length === 0) return new Map()
  const { rows } = await sql<{ id: number; blocked_by: number[] }>`${prepared}
    select runs.id, ${idsAheadOf('runs')} as blocked_by
    from runs
    where runs.id = any(${queued}::bigint[]) and runs.status = 'queued'
  `.execute(db)
  return new Map(rows.map((row) => [row.id, row.blocked_by]))
}

/** The ids as JSON, of a row that has the `id` and the `serial_key` of a run. */
export function idsAheadOf(row: 'runs' | 'new_run'): RawBuilder<number[]> {
  const [id, serialKey] = [sql.ref(`${row}.id`), sql.ref(`${row}.serial_key`)]
  return sql<number[]>`(
    select coalesce(jsonb_agg(ahead.id order by ahead.id), '[]'::jsonb)
    from (
      select lanes.holder_run_id as id
      from lanes
      where lanes.serial_key = ${serialKey} and lanes.holder_run_id <> ${id}
      union
      (
        select waiting.id
        from runs as waiting
        where waiting.serial_key = ${serialKey}
          and waiting.status = 'queued' and waiting.claimed_at is null and waiting.id < ${id}
        order by waiting.id
        limit ${sql.lit(mostNamedAhead)}
      )
    ) as ahead
  )`
}
