import { createTestDatabase, databaseKinds } from '../../test/support/test-database.ts'
import { assertMigrated, type Migration, migrate } from './migrate.ts'

const first: Migration = { version: 9001, name: '9001-first', sql: 'create table first_thing (id integer)' }
const second: Migration = { version: 9002, name: '9002-second', sql: 'create table second_thing (id integer)' }
const broken: Migration = { version: 9002, name: '9002-broken', sql: 'create table half (id integer); select nonsense' }

describe.each(databaseKinds)('migrations on %s', (kind) => {
  test('each is applied once, a failing one leaves nothing, and a newer schema is refused', async () => {
    const database = await createTestDatabase(kind)
    try {
      await database.pool.query('truncate schema_migrations')
      await expect(assertMigrated(database, [first])).rejects.toThrow('1 migration(s) behind (next: 9001-first)')
      expect(await migrate(database, [first])).toEqual(['9001-first'])
      expect(await migrate(database, [first])).toEqual([])
      await expect(migrate(database, [first, broken])).rejects.toThrow('nonsense')
      await expect(database.pool.query('select * from half')).rejects.toThrow('does not exist')
      expect(await migrate(database, [first, second])).toEqual(['9002-second'])
      await expect(assertMigrated(database, [first])).rejects.toThrow('made by a newer Stratus')
      await expect(migrate(database, [first])).rejects.toThrow('made by a newer Stratus')
      await expect(migrate(database, [{ ...first, sql: 'select 1' }, second])).rejects.toThrow('was changed after')
    } finally {
      await database.close()
    }
  })
})

test('two processes that migrate one database at the same time apply each migration once', async () => {
  const database = await createTestDatabase('postgres')
  try {
    const applied = await Promise.all([migrate(database, [first, second]), migrate(database, [first, second])])
    expect(applied.flat().sort()).toEqual(['9001-first', '9002-second'])
  } finally {
    await database.close()
  }
})
