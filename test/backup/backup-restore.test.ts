import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { sql } from 'kysely'
import { createDiskStore } from '../../src/artifacts/disk/disk-store.ts'
import { writeBackupFile } from '../../src/backup/backup-file.ts'
import { openFitting, restoreBackup } from '../../src/backup/restore-backup.ts'
import { findTables } from '../../src/backup/tables.ts'
import { writeBackup } from '../../src/backup/write-backup.ts'
import { type Database, type DatabaseConfig, openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate/migrate.ts'
import type { Migrations } from '../../src/db/migrate/migration.ts'
import { readMigrations } from '../../src/db/migrate/read-migrations.ts'
import { createSecretBox } from '../../src/secrets/secret-box.ts'
import { placeInEnvironment } from '../../src/secrets/secret-place.ts'
import { createEmptyDatabase, createTestDatabase } from '../support/database/test-database.ts'
import { createJob } from '../support/rows.ts'
import { testKey } from '../support/test-key.ts'

const box = createSecretBox([testKey('own')])
const odd = 'ünï\n"quoted" \\back\\slash {a,b} \u2028 \t NULL'

let folder: string
let migrations: Migrations
let source: Database
const closing: (() => Promise<void>)[] = []
beforeAll(async () => {
  migrations = await readMigrations(path.resolve(import.meta.dirname, '../../src/db'))
  source = await createTestDatabase('postgres')
  await fill(source)
})
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stratus-backup-'))
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await rm(folder, { recursive: true, force: true })
})
afterAll(() => source.close())

async function fill({ db }: Database): Promise<void> {
  const job = await createJob(db, { name: odd, execute_steps: ['dbt build', odd, ''] })
  const secret = box.encrypt('hush', placeInEnvironment({ id: 1, project_id: 1 }))
  await sql`update environments set connection_secrets = ${secret}, simulation = '{ "b" : 1,\n "a":1.50 }'`.execute(db)
  await sql`insert into secret_keys (key_id, machine) values (${box.keyIds[0]}, 'here')`.execute(db)
  await sql`insert into tokens (account_id, name, hash, grants) values (1, ${odd}, '\\x00ff10', '[{"n": 1.10}]')`.execute(
    db,
  )
  await sql`insert into sign_in_codes values ('\\x01', 1, now())`.execute(db)
  await sql`insert into runs (account_id, project_id, environment_id, job_id, cause, cause_category, serial_key, status, started_at, retrying_run_id)
    select 1, 1, 1, ${job}, ${odd}, 'api', 'lane', 'success', now() + n * interval '1.000001 s', nullif(n - 1, 0)
    from generate_series(1, 10000) as n`.execute(db)
  await sql`insert into run_steps (run_id, index, kind, name) select id, 1, 'command', 'dbt' from runs`.execute(db)
  await sql`insert into step_log_chunks select 1, 'console', n, repeat('a line of a log ', 40000) from generate_series(1, 5) n`.execute(
    db,
  )
  await sql`insert into nodes (project_id, unique_id, name, resource_type) values (1, 'model.a.b', 'b', 'model')`.execute(
    db,
  )
  await sql`insert into run_nodes (run_id, step_index, node_id, status, seconds) select id, 1, 1, 'error', id / 3.0::float8 from runs where id < 9`.execute(
    db,
  )
  await sql`select nextval('connections_id_seq') from generate_series(1, 77)`.execute(db)
}

/** A database without tables. */
async function emptyTarget(kind: 'postgres' | 'embedded'): Promise<Database> {
  let config: DatabaseConfig = { kind: 'embedded', dir: path.join(folder, 'embedded') }
  if (kind === 'postgres') {
    const { url, drop } = await createEmptyDatabase()
    closing.push(drop)
    config = { kind: 'postgres', url, poolSize: 2 }
  }
  const database = await openDatabase(config)
  closing.push(() => database.close())
  return database
}

async function allRows({ db, pool }: Database): Promise<Record<string, unknown>> {
  const client = await pool.connect()
  const tables = await findTables(client)
  client.release()
  const found: Record<string, unknown> = {}
  for (const { name } of tables) {
    const { rows } = await sql<{ count: number; hash: string }>`
      select count(*), md5(string_agg(row::text, '|' order by row::text collate "C")) as hash from ${sql.table(name)} as row`.execute(
      db,
    )
    found[name] = rows[0]
  }
  return found
}

const fileOf = (name = 'a.backup') => path.join(folder, name)
const back = (database = source, name?: string) => writeBackup(database, { file: fileOf(name), version: '0.1.0' })

async function restore(target: Database, { name = 'a.backup', keyIds = box.keyIds, known = migrations } = {}) {
  await using fitting = await openFitting({ file: fileOf(name), migrations: known, keyIds })
  await restoreBackup(target, fitting, { migrations: known, artifacts: createDiskStore(path.join(folder, 'store')) })
}

async function tablesOf({ db }: Database): Promise<number> {
  const { rows } = await sql<{
    count: number
  }>`select count(*) from pg_tables where schemaname = current_schema()`.execute(db)
  return rows[0]?.count ?? -1
}

test('all rows go from PostgreSQL to an embedded database and back as they were', async () => {
  const before = await allRows(source)
  expect(before.runs).toMatchObject({ count: 10_000 })
  const made = await back()
  expect(made.rows.runs).toBe(10_000)
  expect((await stat(fileOf())).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['a.backup'])
  const embedded = await emptyTarget('embedded')
  await restore(embedded)
  expect(await allRows(embedded)).toEqual(before)
  await back(embedded, 'b.backup')
  const postgres = await emptyTarget('postgres')
  await restore(postgres, { name: 'b.backup' })
  expect(await allRows(postgres)).toEqual(before)
  // Sequences go on behind what was given out, triggers work again, and nothing is left to migrate.
  const { rows } = await sql<{ next: number }>`select nextval('connections_id_seq') as next`.execute(postgres.db)
  const { rows: own } = await sql<{ next: number }>`select last_value + 1 as next from connections_id_seq`.execute(
    source.db,
  )
  expect(rows).toEqual(own)
  const { rows: off } = await sql`select 1 from pg_trigger where tgenabled <> 'O' and not tgisinternal`.execute(
    postgres.db,
  )
  expect(off).toEqual([])
  expect(await migrate(postgres, migrations)).toEqual([])
  expect((await sql`select 1 from sign_in_codes`.execute(postgres.db)).rows).toEqual([])
}, 150_000)

test('a file that was cut, changed in any place, or is none is refused', async () => {
  await back()
  const whole = await readFile(fileOf())
  const target = await emptyTarget('postgres')
  for (const at of [20, 26, whole.length >> 1, whole.length - 70, whole.length - 2]) {
    const changed = Buffer.from(whole)
    changed[at] = (changed[at] ?? 0) ^ 1
    await writeFile(fileOf(), changed)
    await expect(restore(target)).rejects.toThrow('is not whole: it was cut or changed')
  }
  for (const length of [whole.length - 1, whole.length >> 1, 17, 30]) {
    await writeFile(fileOf(), whole)
    await truncate(fileOf(), length)
    await expect(restore(target)).rejects.toThrow('is not whole: it was cut or changed')
  }
  await writeFile(fileOf(), whole)
  await appendFile(fileOf(), 'x')
  await expect(restore(target)).rejects.toThrow('is not whole')
  await writeFile(fileOf(), 'stratus-backup 2\n')
  await expect(restore(target)).rejects.toThrow('in a format that this Stratus does not know')
  await writeFile(fileOf(), '')
  await expect(restore(target)).rejects.toThrow('is not a backup')
  expect(await tablesOf(target)).toBe(0)
})

test('a full disk leaves no file behind', async () => {
  await expect(
    writeBackupFile(
      fileOf(),
      (async function* () {
        yield 'a line\n'
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
      })(),
    ),
  ).rejects.toThrow('The backup could not be written: the disk is full.')
  expect(await readdir(folder)).toEqual([])
})

test('another key, a newer schema and a database that has rows are refused', async () => {
  await back()
  const target = await emptyTarget('postgres')
  await expect(restore(target, { keyIds: createSecretBox([testKey('other')]).keyIds })).rejects.toThrow(
    `The secrets in the backup need the key with the fingerprint ${box.keyIds[0]}; the key given here has`,
  )
  await expect(restore(target, { keyIds: [] })).rejects.toThrow('no key was given')
  const older = { ...migrations, numbered: migrations.numbered.slice(0, -1) }
  await expect(restore(target, { known: older })).rejects.toThrow('which this Stratus does not know')
  expect(await tablesOf(target)).toBe(0)
  const taken = await createTestDatabase('postgres')
  closing.push(() => taken.close())
  const before = await allRows(taken)
  await expect(restore(taken)).rejects.toThrow('The database is not empty: accounts has rows.')
  expect(await allRows(taken)).toEqual(before)
  await expect(back()).rejects.toThrow('is there already')
})

test('a backup of an older schema is restored, and brought up to date', async () => {
  const older = { numbered: migrations.numbered.slice(0, 6), repeatable: [] }
  const old = await emptyTarget('postgres')
  await migrate(old, older)
  await sql`insert into accounts (name) values (${odd})`.execute(old.db)
  await back(old)
  const target = await emptyTarget('postgres')
  await restore(target)
  expect(await migrate(target, migrations)).toEqual([])
  expect(await target.db.selectFrom('accounts').select('name').execute()).toEqual([{ name: odd }])
  const newer = await emptyTarget('postgres')
  await migrate(newer, migrations)
  await expect(restore(newer)).rejects.toThrow('The database has a newer schema than the backup.')
})

test('a restore that breaks half way leaves nothing, and may be done again', async () => {
  await back()
  const target = await emptyTarget('postgres')
  const { pool } = target
  const breaking = Object.assign(Object.create(target), {
    pool: {
      connect: async () => {
        const client = await pool.connect()
        const query = client.query.bind(client)
        let inserts = 0
        return Object.assign(client, {
          query: async (...args: Parameters<typeof query>) => {
            if (String(args[0]).startsWith('insert into "runs"') && ++inserts === 5) {
              await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
                target.db,
              )
            }
            return query(...args)
          },
        })
      },
    },
  })
  await expect(restore(breaking)).rejects.toThrow()
  expect(await tablesOf(target)).toBe(0)
  await restore(target)
  expect(await allRows(target)).toEqual(await allRows(source))
})

test('with artifacts, their files go along', async () => {
  const from = createDiskStore(path.join(folder, 'from'))
  await from.put('runs/1/manifest.json', '{}'.repeat(100_000))
  await from.put('runs/1/empty', '')
  await writeBackup(source, { file: fileOf(), version: '0.1.0', artifacts: from })
  await restore(await emptyTarget('postgres'))
  const store = createDiskStore(path.join(folder, 'store'))
  const read = async (key: string) => text((await store.get(key))?.content ?? Readable.from([]))
  expect(await read('runs/1/manifest.json')).toBe('{}'.repeat(100_000))
  expect(await read('runs/1/empty')).toBe('')
})
