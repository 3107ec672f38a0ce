import { sql } from 'kysely'
import type { Db } from './database.ts'

/** Many machines agree by the database's clock; within a transaction it stands at its beginning. */
export async function databaseNow(db: Db): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select now()`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('The database does not tell the time.')
  return row.now
}
