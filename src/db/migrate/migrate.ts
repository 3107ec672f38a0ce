import type pg from 'pg'
import { SetupError } from '../../domain/errors.ts'
import { advisoryLocks } from '../advisory-locks.ts'
import type { Database } from '../database.ts'
import { addToLedger, createLedger, readLedger } from './ledger.ts'
import type { Migration, Migrations, Repeatable } from './migration.ts'
import { pendingMigrations } from './pending-migrations.ts'

/** Brings the schema up to date, each migration in its own transaction. Answers the names of those applied. */
export async function migrate(database: Pick<Database, 'pool'>, migrations: Migrations): Promise<string[]> {
  const client = await database.pool.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryLocks.migration])
    await createLedger(client)
    const { numbered, repeatable } = pendingMigrations(await readLedger((query) => client.query(query)), migrations)
    const pending = [...numbered, ...repeatable]
    for (const migration of pending) await apply(client, migration)
    await client.query('select pg_advisory_unlock($1)', [advisoryLocks.migration])
    client.release()
    return pending.map(({ name }) => name)
  } catch (error) {
    client.release(true) // its lock goes with the connection
    throw error
  }
}

/** Throws a SetupError unless the schema is exactly this program's. */
export async function assertMigrated(database: Pick<Database, 'pool'>, migrations: Migrations): Promise<void> {
  const client = await database.pool.connect()
  try {
    const { numbered, repeatable } = pendingMigrations(await readLedger((query) => client.query(query)), migrations)
    const remedy = 'Run "stratus migrate", or start with --migrate.'
    if (numbered.length > 0) {
      throw new SetupError(
        `The database schema is ${numbered.length} migration(s) behind (next: ${numbered[0]?.name}). ${remedy}`,
      )
    }
    if (repeatable.length > 0) {
      const names = repeatable.map(({ name }) => name).join(', ')
      throw new SetupError(`The database has older functions or views than this Stratus (${names}). ${remedy}`)
    }
  } finally {
    client.release()
  }
}

async function apply(client: pg.PoolClient, migration: Migration | Repeatable): Promise<void> {
  await client.query('begin')
  try {
    await applyMigration(client, migration)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

/** Applies it in the transaction that is open. */
export async function applyMigration(client: pg.PoolClient, migration: Migration | Repeatable): Promise<void> {
  await addToLedger(client, migration)
  await client.query(migration.sql)
}
