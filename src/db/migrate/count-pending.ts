import { sql } from 'kysely'
import type { Db } from '../database.ts'
import { readLedger } from './ledger.ts'
import type { Migrations } from './migration.ts'
import { missingMigrations } from './pending-migrations.ts'

/** Says how many of this program's migrations the database lacks; it may have newer ones. */
export async function countPending(db: Db, migrations: Migrations): Promise<number> {
  const ledger = await readLedger((query) => sql.raw<never>(query).execute(db))
  const { numbered, repeatable } = missingMigrations(ledger, migrations)
  return numbered.length + repeatable.length
}
