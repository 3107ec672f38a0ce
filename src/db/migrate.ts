import { createHash } from 'node:crypto'
import type pg from 'pg'
import { SetupError } from '../domain/errors.ts'
import { advisoryLocks } from './advisory-locks.ts'
import type { Database } from './database.ts'
import { isUndefinedTable } from './pg-errors.ts'

export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
}

interface LedgerRow {
  version: number
  name: string
  checksum: string
}

/** Brings the schema up to date, each migration in its own transaction. Answers the names of those applied. */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<string[]> {
  const client = await database.pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryLocks.migration])
    await client.query(`create table if not exists schema_migrations (
      version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`)
    const pending = pendingMigrations(await readLedger(client), migrations)
    for (const migration of pending) await apply(client, migration)
    await client.query('select pg_advisory_unlock($1)', [advisoryLocks.migration])
    client.release()
    return pending.map((migration) => migration.name)
  } catch (error) {
    client.release(true) // its lock goes with the connection
    throw error
  }
}

/** Throws a SetupError unless the schema is exactly this program's. */
export async function assertMigrated(database: Database, migrations: readonly Migration[]): Promise<void> {
  const client = await database.pool.connect()
  try {
    const pending = pendingMigrations(await readLedger(client), migrations)
    if (pending.length > 0) {
      throw new SetupError(
        `The database schema is ${pending.length} migration(s) behind (next: ${pending[0]?.name}). Run "stratus migrate", or start with --migrate.`,
      )
    }
  } finally {
    client.release()
  }
}

async function readLedger(client: pg.PoolClient): Promise<LedgerRow[]> {
  try {
    const { rows } = await client.query<LedgerRow>(
      'select version, name, checksum from schema_migrations order by version',
    )
    return rows
  } catch (error) {
    if (isUndefinedTable(error)) return []
    throw error
  }
}

function pendingMigrations(ledger: readonly LedgerRow[], migrations: readonly Migration[]): Migration[] {
  const newest = migrations.at(-1)?.version ?? 0
  const newer = ledger.find((row) => row.version > newest)
  if (newer) {
    throw new SetupError(
      `The database has migration ${newer.name}, which this Stratus does not know: it was made by a newer Stratus. Start that one.`,
    )
  }
  for (const row of ledger) {
    const known = migrations.find((migration) => migration.version === row.version)
    if (known && checksum(known) !== row.checksum) {
      throw new SetupError(`Migration ${row.name} was changed after it had been applied to this database.`)
    }
  }
  const applied = new Set(ledger.map((row) => row.version))
  return migrations.filter((migration) => !applied.has(migration.version))
}

async function apply(client: pg.PoolClient, migration: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
      migration.version,
      migration.name,
      checksum(migration),
    ])
    await client.query(migration.sql)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

function checksum(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex')
}
