import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import { type BackupRecord, parseRecord } from './header.ts'
import { quoted, type Table } from './tables.ts'

interface Source {
  /** The first of them is the header. */
  readonly lines: AsyncGenerator<string>
  readonly artifacts: ArtifactStore
}

/** Writes the rows into their tables and the files into the store. */
export async function takeRecords(
  client: pg.PoolClient,
  tables: readonly Table[],
  { lines, artifacts }: Source,
): Promise<void> {
  await lines.next()
  let record = await nextRecord(lines)
  while (!isEnd(record)) {
    if (isTable(record)) record = await takeTable(client, tableOf(record, tables), lines)
    else if (isFile(record)) record = await takeFile(artifacts, record.file, lines)
    else throw new Error('A backup has a row or a piece of a file outside of any.')
  }
}

const batchRows = 500
const batchCharacters = 2 ** 20

/** Answers the record behind the table's rows. */
async function takeTable(client: pg.PoolClient, table: Table, lines: AsyncGenerator<string>): Promise<BackupRecord> {
  const names = table.columns.map(({ name }) => quoted(name)).join(', ')
  const values = table.columns.map(({ type }, at) => `given.c${at}::${type}`).join(', ')
  const arrays = table.columns.map((_column, at) => `$${at + 1}::text[]`).join(', ')
  const aliases = table.columns.map((_column, at) => `c${at}`).join(', ')
  const insert = `insert into ${quoted(table.name)} (${names}) overriding system value
    select ${values} from unnest(${arrays}) as given (${aliases})`
  let batch: (readonly (string | null)[])[] = []
  let characters = 0
  const flush = async () => {
    if (batch.length > 0)
      await client.query(
        insert,
        table.columns.map((_column, at) => batch.map((row) => row[at])),
      )
    batch = []
    characters = 0
  }
  for (;;) {
    const record = await nextRecord(lines)
    if (!Array.isArray(record)) {
      await flush()
      return record
    }
    batch.push(record)
    for (const value of record) characters += value?.length ?? 0
    if (batch.length >= batchRows || characters >= batchCharacters) await flush()
  }
}

function tableOf({ table: name, columns }: { table: string; columns: string[] }, tables: readonly Table[]): Table {
  const table = tables.find((one) => one.name === name)
  if (table === undefined) throw new Error(`A backup has the table ${name}, which the database does not have.`)
  return {
    ...table,
    columns: columns.map((column) => {
      const found = table.columns.find((one) => one.name === column)
      if (found === undefined) throw new Error(`A backup has the column ${name}.${column}, unknown to the database.`)
      return found
    }),
  }
}

/** Answers the record behind the file. A store may have to be given its content again: it is kept until it was taken. */
async function takeFile(artifacts: ArtifactStore, key: string, lines: AsyncGenerator<string>): Promise<BackupRecord> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stratus-restore-'))
  try {
    const draft = path.join(folder, 'content')
    let record: BackupRecord = ''
    const pieces = async function* () {
      for (record = await nextRecord(lines); typeof record === 'string'; record = await nextRecord(lines)) {
        yield Buffer.from(record, 'base64')
      }
    }
    await pipeline(Readable.from(pieces()), createWriteStream(draft, { mode: 0o600 }))
    await artifacts.put(key, () => createReadStream(draft))
    return record
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function nextRecord(lines: AsyncGenerator<string>): Promise<BackupRecord> {
  const next = await lines.next()
  if (next.done) throw new Error('A backup ends before its end.')
  return parseRecord(next.value)
}

function isTable(record: BackupRecord): record is { table: string; columns: string[] } {
  return typeof record === 'object' && 'table' in record
}
function isFile(record: BackupRecord): record is { file: string } {
  return typeof record === 'object' && 'file' in record
}
function isEnd(record: BackupRecord): boolean {
  return typeof record === 'object' && 'end' in record
}
