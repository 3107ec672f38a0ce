import { sql } from 'kysely'
import type { Db } from './database.ts'

/** The database's clock, by which many machines agree; within a transaction, when that began. */
export async function databaseNow(db: Db): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select now()`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('The database does not tell the time.')
  return row.now
}
