import type pg from 'pg'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import { advisoryLocks } from '../db/advisory-locks.ts'
import type { Database } from '../db/database.ts'
import { createLedger, readLedger } from '../db/migrate/ledger.ts'
import { applyMigration } from '../db/migrate/migrate.ts'
import type { Migrations } from '../db/migrate/migration.ts'
import { pendingMigrations } from '../db/migrate/pending-migrations.ts'
import { SetupError } from '../domain/errors.ts'
import { type BackupFile, openBackupFile } from './backup-file.ts'
import { assertCounts, assertEmpty, assertKeys, assertSchema } from './fitting.ts'
import { type BackupHeader, parseHeader } from './header.ts'
import { findTables, quoted } from './tables.ts'
import { takeRecords } from './take-records.ts'

export interface RestoreRequest {
  readonly file: string
  readonly migrations: Migrations
  /** The ids of this process's secret keys. */
  readonly keyIds: readonly string[]
  readonly artifacts: ArtifactStore
}

/** Opens a backup that fits this program and its keys; throws a SetupError for any other, before a database is touched. */
export async function openFitting({
  file,
  migrations,
  keyIds,
}: Omit<RestoreRequest, 'artifacts'>): Promise<
  AsyncDisposable & { readonly header: BackupHeader; readonly backup: BackupFile }
> {
  const backup = await openBackupFile(file)
  try {
    const lines = backup.lines()
    const first = await lines.next()
    await lines.return(undefined)
    const header = parseHeader(first.value ?? '')
    assertSchema(header, migrations)
    assertKeys(header, keyIds)
    return { header, backup, [Symbol.asyncDispose]: () => backup[Symbol.asyncDispose]() }
  } catch (error) {
    await backup[Symbol.asyncDispose]()
    throw error
  }
}

/** Fills an empty database from an open backup in one transaction: whole or not at all. */
export async function restoreBackup(
  database: Pick<Database, 'pool'>,
  { header, backup }: { readonly header: BackupHeader; readonly backup: BackupFile },
  { migrations, artifacts }: Pick<RestoreRequest, 'migrations' | 'artifacts'>,
): Promise<void> {
  const client = await database.pool.connect()
  try {
    await client.query('begin')
    await client.query('set local idle_in_transaction_session_timeout = 0')
    await client.query('select pg_advisory_xact_lock($1)', [advisoryLocks.migration])
    await makeSchema(client, header, migrations)
    const tables = await findTables(client)
    // A trigger would follow up what the rows have already led to.
    for (const { name } of tables) await client.query(`alter table ${quoted(name)} disable trigger user`)
    await assertEmpty(client, tables)
    await takeRecords(client, tables, { lines: backup.lines(), artifacts })
    await assertCounts(client, tables, header)
    for (const { name } of tables) await client.query(`alter table ${quoted(name)} enable trigger user`)
    const { numbered, repeatable } = pendingMigrations(await readLedger((query) => client.query(query)), migrations)
    for (const migration of [...numbered, ...repeatable]) await applyMigration(client, migration)
    for (const [sequence, last] of Object.entries(header.sequences)) {
      await client.query('select setval(to_regclass($1), $2) where to_regclass($1) is not null', [
        quoted(sequence),
        last,
      ])
    }
    await client.query('commit')
    client.release()
  } catch (error) {
    await client.query('rollback').catch(() => {})
    client.release(true)
    throw error
  }
}

/** Makes the schema that the backup was made of. */
async function makeSchema(client: pg.PoolClient, header: BackupHeader, migrations: Migrations): Promise<void> {
  await createLedger(client)
  const ledger = await readLedger((query) => client.query(query))
  const last = header.migrations.at(-1)?.version ?? 0
  if (ledger.numbered.some(({ version }) => version > last)) {
    throw new SetupError(
      'The database has a newer schema than the backup. Restore it into a database that has no tables: they are made ' +
        'as they were, and brought up to date afterwards.',
    )
  }
  const { numbered } = pendingMigrations(ledger, migrations)
  for (const migration of numbered.filter(({ version }) => version <= last)) await applyMigration(client, migration)
}
