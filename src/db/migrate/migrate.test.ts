import { createTestDatabase, databaseKinds } from '../../../test/support/database/test-database.ts'
import type { Database } from '../database.ts'
import { assertMigrated, migrate } from './migrate.ts'
import type { Migration, Migrations, Repeatable } from './migration.ts'

const first: Migration = { version: 9001, name: '9001-first', sql: 'create table first_thing (id integer)' }
const second: Migration = { version: 9002, name: '9002-second', sql: 'create table second_thing (id integer)' }
const broken: Migration = { version: 9002, name: '9002-broken', sql: 'create table half (id integer); select nonsense' }

const numbered = (...migrations: Migration[]): Migrations => ({ numbered: migrations, repeatable: [] })
const repeatable = (...files: Repeatable[]): Migrations => ({ numbered: [first], repeatable: files })

const answer = (value: string): Repeatable => ({
  name: 'functions/answer',
  sql: `create or replace function answer() returns text language sql as $$ select '${value}' $$`,
})
const answers: Repeatable = {
  name: 'views/answers',
  sql: 'create or replace view answers as select answer() from first_thing',
}

/** A database whose ledger says that nothing was applied to it. */
async function createUnledgered(kind: 'pglite' | 'postgres'): Promise<Database> {
  const database = await createTestDatabase(kind)
  await database.pool.query('truncate schema_migrations, schema_repeatables')
  return database
}

describe.each(databaseKinds)('migrations on %s', (kind) => {
  let database: Database
  beforeEach(async () => {
    database = await createUnledgered(kind)
  })
  afterEach(() => database.close())

  async function answered(): Promise<unknown> {
    const { rows } = await database.pool.query<{ answer: string }>('select answer()')
    return rows[0]?.answer
  }

  test('each is applied once, a failing one leaves nothing, and a newer schema is refused', async () => {
    await expect(assertMigrated(database, numbered(first))).rejects.toThrow(
      '1 migration(s) behind (next: 9001-first). Run "stratus migrate"',
    )
    expect(await migrate(database, numbered(first))).toEqual(['9001-first'])
    expect(await migrate(database, numbered(first))).toEqual([])
    await assertMigrated(database, numbered(first))
    await expect(migrate(database, numbered(first, broken))).rejects.toThrow('nonsense')
    await expect(database.pool.query('select * from half')).rejects.toThrow('does not exist')
    expect(await migrate(database, numbered(first, second))).toEqual(['9002-second'])
    await expect(assertMigrated(database, numbered(first))).rejects.toThrow('made by a newer Stratus')
    await expect(migrate(database, numbered(first))).rejects.toThrow('made by a newer Stratus')
    const changed = { ...first, sql: 'select 1' }
    await expect(migrate(database, numbered(changed, second))).rejects.toThrow('was changed after')
  })

  test('functions and views come after the numbered ones, in their order, and again when they have changed', async () => {
    expect(await migrate(database, repeatable(answer('one'), answers))).toEqual([
      '9001-first',
      'functions/answer',
      'views/answers',
    ])
    expect(await migrate(database, repeatable(answer('one'), answers))).toEqual([])
    await assertMigrated(database, repeatable(answer('one'), answers))
    expect(await answered()).toBe('one')

    await expect(assertMigrated(database, repeatable(answer('two'), answers))).rejects.toThrow(
      'The database has older functions or views than this Stratus (functions/answer). Run "stratus migrate", or start with --migrate.',
    )
    expect(await answered()).toBe('one')
    expect(await migrate(database, repeatable(answer('two'), answers))).toEqual(['functions/answer'])
    expect(await answered()).toBe('two')
    expect(await migrate(database, repeatable(answer('two'), answers))).toEqual([])
  })

  test('one that fails leaves what was there, and is applied again', async () => {
    await migrate(database, repeatable(answer('one')))
    const failing = { ...answer('two'), sql: `${answer('two').sql}; select nonsense` }
    await expect(migrate(database, repeatable(failing))).rejects.toThrow('nonsense')
    expect(await answered()).toBe('one')
    expect(await migrate(database, repeatable(answer('two')))).toEqual(['functions/answer'])
  })

  test('a database that a newer Stratus gave a function is refused, whether it was known before or not', async () => {
    await migrate(database, repeatable(answer('one')))
    await migrate(database, repeatable(answer('two')))
    const refusal =
      'The database has a newer functions/answer than this Stratus: it was made by a newer Stratus. Start that one.'
    await expect(migrate(database, repeatable(answer('one')))).rejects.toThrow(refusal)
    await expect(assertMigrated(database, repeatable(answer('one')))).rejects.toThrow(refusal)
    expect(await answered()).toBe('two')
    await expect(migrate(database, repeatable())).rejects.toThrow(refusal)
  })
})

test('two processes that migrate one database at the same time apply each migration once', async () => {
  const database = await createUnledgered('postgres')
  try {
    const all: Migrations = { numbered: [first, second], repeatable: [answer('one')] }
    const applied = await Promise.all([migrate(database, all), migrate(database, all)])
    expect(applied.flat().sort()).toEqual(['9001-first', '9002-second', 'functions/answer'])
  } finally {
    await database.close()
  }
})
