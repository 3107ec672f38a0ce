import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import type { Database } from '../../src/db/database.ts'
import { openSecretBox } from '../../src/secrets/open-secret-box.ts'
import { placeInEnvironment } from '../../src/secrets/secret-place.ts'
import { createTestDatabase, databaseKinds, emptyTestDatabase } from '../support/database/test-database.ts'
import { createJob } from '../support/rows.ts'
import { testKey } from '../support/test-key.ts'

const [oldKey, newKey, strange] = [testKey('old'), testKey('new'), testKey('strange')]
const place = placeInEnvironment({ id: 1, project_id: 1 })

describe.each(databaseKinds)('secret keys on %s', (kind) => {
  let database: Database
  let folder: string
  beforeAll(async () => {
    database = await createTestDatabase(kind)
  })
  beforeEach(async () => {
    await emptyTestDatabase(database)
    folder = await mkdtemp(path.join(tmpdir(), 'stratus-keys-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  afterAll(() => database.close())

  const open = (...secretKeys: string[]) =>
    openSecretBox(database.db, { secretKeys, dataDir: folder, machine: 'first-host' })
  const openOn = (machine: string) =>
    openSecretBox(database.db, { secretKeys: [], dataDir: path.join(folder, machine), machine })
  async function store(ciphertext: string, state = 1): Promise<void> {
    await createJob(database.db)
    await sql`update environments set connection_secrets = ${ciphertext}, state = ${state}`.execute(database.db)
  }

  test('the first process decides, and another key is refused before any secret is stored', async () => {
    await open(oldKey)
    await open(oldKey)
    const refused = open(strange)
    await expect(refused).rejects.toThrow(
      'STRATUS_SECRET_KEY lacks a key that secrets of this database are encrypted with. All servers and workers need the ' +
        'same: set STRATUS_SECRET_KEY as it is on first-host, which had it first. To change it, put the new key before the ' +
        'old one, separated by a comma.',
    )
    await expect(refused).rejects.toThrow(expect.not.stringContaining(strange))
  })

  test('a new key comes in beside the old one, and the old one may go when no secret needs it', async () => {
    const before = await open(oldKey)
    await store(before.encrypt('x', place))
    const both = await open(newKey, oldKey)
    await expect(open(newKey)).rejects.toThrow('STRATUS_SECRET_KEY lacks a key')
    await store(both.encrypt('x', place))
    await expect(open(oldKey)).rejects.toThrow('STRATUS_SECRET_KEY lacks a key')
    expect((await open(newKey)).decrypt(both.encrypt('y', place), place)).toBe('y')
  })

  test('secrets that are older than the list of keys count, those of what was deleted do not', async () => {
    const ciphertext = (await open(oldKey)).encrypt('x', place)
    await sql`delete from secret_keys`.execute(database.db)
    await store(ciphertext)
    await expect(open(strange)).rejects.toThrow('set STRATUS_SECRET_KEY as it was when those secrets were given')
    await expect(openOn('other')).rejects.toThrow('There is no secret key here.')
    await store(ciphertext, 2)
    await open(strange)
  })

  test('what is stored tells nothing about the key', async () => {
    await open(oldKey)
    const { rows } = await sql<object>`select * from secret_keys`.execute(database.db)
    expect(rows).toEqual([
      { key_id: expect.stringMatching(/^[\w-]{8}$/), machine: 'first-host', file: null, created_at: expect.any(Date) },
    ])
  })

  test('a second machine with a key file of its own is told what to copy, and starts once that is done', async () => {
    await openOn('one')
    const [first, second] = ['one', 'two'].map((machine) => path.join(folder, machine, 'secret.key'))
    const copy = `copy ${first} of one, which started first, to ${second}, or set STRATUS_SECRET_KEY to what it holds.`
    await expect(openOn('two')).rejects.toThrow(
      `There is no secret key here. All servers and workers need the same: ${copy}`,
    )
    expect(existsSync(second ?? '')).toBe(false)

    await cp(path.join(folder, 'one'), path.join(folder, 'two'), { recursive: true })
    await openOn('two')
    await open((await readFile(first ?? '', 'utf8')).trim())
  })

  test('of machines that start at once on an empty database, those with one key go on', async () => {
    const machines = ['a', 'b', 'c']
    const opened = await Promise.allSettled(machines.map((machine) => openOn(machine)))
    expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const each of opened) {
      if (each.status === 'rejected') expect(String(each.reason)).toMatch(/which started first, to \S+secret\.key/)
    }
  })
})
