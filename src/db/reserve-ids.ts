import { sql } from 'kysely'
import { InvalidRequestError } from '../domain/errors.ts'
import { largestOf } from '../util/largest-of.ts'
import type { Db } from './database.ts'

export type NumberedTable = 'accounts' | 'projects' | 'environments' | 'jobs'

/**
 * Moves the sequence of a table past ids that are about to be inserted, so that no later row is given one of them.
 *
 * NOTE: `setval` and a concurrent `nextval` could cross and move the sequence back, hence the lock, which nobody
 * who inserts can pass. It has a transaction of its own: held together with row locks it would meet the scheduler's
 * in a deadlock. A refused document leaves a gap, which harms nobody.
 */
export async function reserveIds(db: Db, table: NumberedTable, ids: readonly number[]): Promise<void> {
  const highest = largestOf(ids)
  if (highest <= (await lastValue(db, table))) return
  await db.transaction().execute(async (tx) => {
    await sql`lock table ${sql.table(table)} in share row exclusive mode`.execute(tx)
    await sql`select setval(pg_get_serial_sequence(${table}, 'id'), ${Math.max(highest, await lastValue(tx, table))})`.execute(
      tx,
    )
  })
}

async function lastValue(db: Db, table: NumberedTable): Promise<number> {
  const { rows } = await sql<{ value: number }>`
    select coalesce(pg_sequence_last_value(pg_get_serial_sequence(${table}, 'id')::regclass), 0) as value
  `.execute(db)
  return rows[0]?.value ?? 0
}

/** The id of a row that is still to be inserted, for what has to know it before. */
export async function nextId(db: Db, table: 'environments' | 'connections' | 'credentials'): Promise<number> {
  const { rows } = await sql<{ id: number }>`select nextval(pg_get_serial_sequence(${table}, 'id')) as id`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('The database answered no next id.')
  return row.id
}

/** Throws InvalidRequestError for an id that some row of the table has, in any account, deleted or not. */
export async function assertIdIsFree(db: Db, table: NumberedTable, id: number): Promise<void> {
  const { rows } = await sql`select 1 from ${sql.table(table)} where id = ${id}`.execute(db)
  if (rows.length === 0) return
  throw new InvalidRequestError(`The id ${id} is taken.`, {
    fields: { 'stratus.id': `Expected a free id. Got ${id}.` },
  })
}
