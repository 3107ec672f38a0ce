import type pg from 'pg'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { Database } from '../db/database.ts'
import { readLedger } from '../db/migrate/ledger.ts'
import { SetupError } from '../domain/errors.ts'
import { keysOfStoredSecrets } from '../secrets/agree-on-keys.ts'
import { writeBackupFile } from './backup-file.ts'
import type { BackupHeader, BackupRecord } from './header.ts'
import { countRows, findTables, quoted, readSequences, type Table } from './tables.ts'

export interface BackupRequest {
  readonly file: string
  readonly version: string
  /** Its files are put into the backup, too. */
  readonly artifacts?: ArtifactStore
}

/** Writes all rows as they are at one moment into a file, while servers go on. Answers what stands in its first line. */
export async function writeBackup(
  database: Database,
  { file, ...request }: BackupRequest,
): Promise<BackupHeader & { readonly bytes: number }> {
  const client = await database.pool.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    // A slow disk is waited for between two batches.
    await client.query('set local idle_in_transaction_session_timeout = 0')
    const tables = await findTables(client)
    const header = await readHeader(database, client, tables, request)
    const bytes = await writeBackupFile(file, linesOf(client, { header, tables, artifacts: request.artifacts }))
    await client.query('commit')
    client.release()
    return { ...header, bytes }
  } catch (error) {
    await client.query('rollback').catch(() => {})
    client.release(true)
    throw error
  }
}

async function readHeader(
  { db }: Database,
  client: pg.PoolClient,
  tables: readonly Table[],
  { version, artifacts }: Omit<BackupRequest, 'file'>,
): Promise<BackupHeader> {
  const { numbered } = await readLedger((query) => client.query(query))
  if (numbered.length === 0)
    throw new SetupError('There is nothing to back up: this database has no tables of Stratus.')
  const { sql, parameters } = keysOfStoredSecrets.compile(db)
  const stored = await client.query<{ key_id: string }>(sql, [...parameters])
  const known = await client.query<{ key_id: string }>('select key_id from secret_keys order by created_at desc')
  const rows: Record<string, number> = {}
  for (const table of tables) rows[table.name] = await countRows(client, table)
  return {
    stratus: version,
    madeAt: new Date().toISOString(),
    migrations: numbered.map(({ version, name, checksum }) => ({ version, name, checksum })),
    keys: { known: known.rows.map((row) => row.key_id), stored: stored.rows.map((row) => row.key_id) },
    // After the snapshot: no row in it has a later number.
    sequences: await readSequences(client),
    rows,
    artifacts: artifacts !== undefined,
  }
}

interface Content {
  readonly header: BackupHeader
  readonly tables: readonly Table[]
  readonly artifacts: ArtifactStore | undefined
}

async function* linesOf(client: pg.PoolClient, { header, tables, artifacts }: Content): AsyncGenerator<string> {
  yield `${JSON.stringify(header)}\n`
  for (const table of tables) {
    yield line({ table: table.name, columns: table.columns.map(({ name }) => name) })
    yield* rowsOf(client, table)
  }
  if (artifacts !== undefined) yield* filesOf(artifacts)
  yield line({ end: true })
}

const batchCharacters = 2 ** 20

/** Reads by a cursor, as many rows at once as were about a megabyte so far. */
async function* rowsOf(client: pg.PoolClient, { name, columns, key }: Table): AsyncGenerator<string> {
  const texts = columns.map((column) => `${quoted(column.name)}::text`).join(', ')
  // Named in full: alone it would be the text of the same name.
  const order = key.length > 0 ? ` order by ${key.map((column) => `${quoted(name)}.${column}`).join(', ')}` : ''
  await client.query(`declare backup no scroll cursor for select ${texts} from ${quoted(name)}${order}`)
  for (let count = 16; ; ) {
    const { rows } = await client.query<(string | null)[]>({ text: `fetch ${count} from backup`, rowMode: 'array' })
    if (rows.length === 0) break
    const text = rows.map(line).join('')
    yield text
    const fitting = Math.floor((batchCharacters * rows.length) / text.length)
    count = Math.max(1, Math.min(fitting, count * 4, 1000))
  }
  await client.query('close backup')
}

const pieceBytes = 48 * 1024

async function* filesOf(artifacts: ArtifactStore): AsyncGenerator<string> {
  for await (const { key } of artifacts.list('')) {
    const stored = await artifacts.get(key)
    if (stored === undefined) continue // removed meanwhile
    yield line({ file: key })
    for await (const chunk of stored.content) {
      const bytes = Buffer.from(chunk)
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        yield line(bytes.subarray(at, at + pieceBytes).toString('base64'))
      }
    }
  }
}

function line(record: BackupRecord): string {
  return `${JSON.stringify(record)}\n`
}
