import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import pg from 'pg'
import { type Database, openDatabase } from '../../../src/db/database.ts'
import { migrate } from '../../../src/db/migrate/migrate.ts'
import { readMigrations } from '../../../src/db/migrate/read-migrations.ts'

export type DatabaseKind = 'pglite' | 'postgres'
export const databaseKinds: readonly DatabaseKind[] = ['pglite', 'postgres']

const root = path.resolve(import.meta.dirname, '../../..')
const databaseFolder = path.join(root, 'src/db')

/** A migrated database of its own, with account 1 ("Local", 4 slots) in it; `close` removes it. */
export async function createTestDatabase(kind: DatabaseKind = 'postgres'): Promise<Database> {
  const database = kind === 'postgres' ? await createOnServer() : await createEmbedded()
  await migrate(database, await readMigrations(databaseFolder))
  await insertAccount(database)
  return database
}

/** Makes the database as createTestDatabase left it, in a fraction of the time: for use before each test. */
export async function emptyTestDatabase(database: Database): Promise<void> {
  const tables = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public' and tablename not in ('schema_migrations', 'schema_repeatables')
  `.execute(database.db)
  const names = sql.join(tables.rows.map(({ name }) => sql.table(name)))
  await sql`truncate ${names} restart identity cascade`.execute(database.db)
  await insertAccount(database)
}

async function insertAccount(database: Database): Promise<void> {
  await database.db.insertInto('accounts').values({ id: 1, name: 'Local', run_slots: 4 }).execute()
}

/** The address of the PostgreSQL server that the test run uses. */
export function testServerUrl(): string {
  const url = process.env.STRATUS_TEST_DATABASE_URL
  if (url === undefined) throw new Error('STRATUS_TEST_DATABASE_URL is not set: run the tests with "npm test".')
  return url
}

/** Makes an empty database on the test server; answers its address and how to drop it. */
export async function createEmptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `stratus_${randomBytes(6).toString('hex')}`
  await onServer((client) => client.query(`create database ${name}`))
  const url = new URL(testServerUrl())
  url.pathname = `/${name}`
  return {
    url: url.href,
    async drop() {
      await onServer((client) => client.query(`drop database ${name} with (force)`))
    },
  }
}

async function createOnServer(): Promise<Database> {
  const { url, drop } = await createEmptyDatabase()
  const database = await openDatabase({ kind: 'postgres', url, poolSize: 10 })
  return {
    ...database,
    async close() {
      await database.close()
      await drop()
    },
  }
}

async function createEmbedded(): Promise<Database> {
  const dir = await mkdtemp(path.join(tmpdir(), 'stratus-embedded-'))
  const template = path.join(root, 'dist/embedded-template.tar.gz')
  const database = await openDatabase({ kind: 'embedded', dir, ...(existsSync(template) && { template }) })
  return {
    ...database,
    async close() {
      await database.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function onServer(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: testServerUrl() })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
