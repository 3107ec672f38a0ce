import { PGlite } from '@electric-sql/pglite'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import pg from 'pg'
import { importTypescript } from '../lib/import-typescript.mjs'

/**
 * Makes an embedded database that is migrated and otherwise empty, and gives the tar.gz of its data folder: a first start
 * that loads it needs neither initdb nor migrations.
 */
export async function makeDatabaseTemplate(folder) {
  // The program's own code, so that the ledger in the template is the one that a server expects.
  const { migrate } = await importTypescript('src/db/migrate/migrate.ts')
  const { readMigrations } = await importTypescript('src/db/migrate/read-migrations.ts')
  const pglite = await PGlite.create({ startParams: [...PGlite.defaultStartParams, '-c', 'wal_recycle=off'] })
  const pool = new pg.Pool(createPgConfig(pglite))
  try {
    await migrate({ pool }, await readMigrations(folder))
    // No database is ever created in it, and the two that others would be made from are half of its files.
    await pool.query('update pg_database set datistemplate = false')
    for (const name of ['template0', 'template1']) await pool.query(`drop database ${name}`)
    await pool.query('vacuum freeze analyze')
    // The log of all this is left out: with a segment of its own for what comes, the one before is dropped.
    await pool.query('select pg_switch_wal()')
    await pool.query('checkpoint')
    const dump = await pglite.dumpDataDir('gzip')
    return Buffer.from(await dump.arrayBuffer())
  } finally {
    await pool.end()
    await pglite.close()
  }
}
