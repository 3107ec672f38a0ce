import { sql } from 'kysely'
import type { Db } from './database.ts'
import type { Migration } from './migrate.ts'

/** How many of this program's migrations the database lacks. */
export async function countPending(db: Db, migrations: readonly Migration[]): Promise<number> {
  const { rows } = await sql<{ version: number }>`select version from schema_migrations`.execute(db)
  const applied = new Set(rows.map(({ version }) => version))
  return migrations.filter(({ version }) => !applied.has(version)).length
}
