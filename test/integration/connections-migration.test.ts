import path from 'node:path'
import { sql } from 'kysely'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate.ts'
import { readMigrations } from '../../src/db/read-migrations.ts'
import { createEmptyDatabase } from '../support/test-database.ts'

test('environments that were there before keep the connection ids that clients know', async () => {
  const { url, drop } = await createEmptyDatabase()
  const database = await openDatabase({ kind: 'postgres', url, poolSize: 2 })
  try {
    const all = await readMigrations(path.resolve(import.meta.dirname, '../../src/db/migrations'))
    await migrate(
      database,
      all.filter(({ version }) => version < 3),
    )
    await sql`insert into accounts (id, name) values (1, 'Local')`.execute(database.db)
    await sql`insert into projects (id, account_id, name) values (1, 1, 'Shop')`.execute(database.db)
    await sql`insert into environments (id, account_id, project_id, name) values (41, 1, 1, 'Old')`.execute(database.db)
    await migrate(database, all)

    const insert = () => database.db.insertInto('environments').values({ account_id: 1, project_id: 1, name: 'New' })
    await insert().execute()
    const connection = await database.db
      .insertInto('connections')
      .values({ account_id: 1, project_id: 1, name: 'Shared', type: 'postgres', details: '{}' })
      .returning('id')
      .executeTakeFirstOrThrow()
    await insert().values({ account_id: 1, project_id: 1, name: 'User', connection_id: connection.id }).execute()
    const shown = await database.db.selectFrom('shown_connections').select(['id', 'name']).orderBy('id').execute()
    expect(shown).toEqual([
      { id: 41, name: 'profiles.yml' },
      { id: 42, name: 'profiles.yml' },
      { id: 43, name: 'Shared' },
    ])
  } finally {
    await database.close()
    await drop()
  }
})

test('credentials that were in use before go nowhere else', async () => {
  const { url, drop } = await createEmptyDatabase()
  const database = await openDatabase({ kind: 'postgres', url, poolSize: 2 })
  try {
    const all = await readMigrations(path.resolve(import.meta.dirname, '../../src/db/migrations'))
    await migrate(
      database,
      all.filter(({ version }) => version < 87),
    )
    await sql`insert into accounts (id, name) values (1, 'Local')`.execute(database.db)
    await sql`insert into projects (id, account_id, name) values (1, 1, 'Shop')`.execute(database.db)
    await sql`insert into credentials (id, account_id, project_id, type, secrets) values
      (1, 1, 1, 'postgres', 'v1.a'), (2, 1, 1, 'postgres', 'v1.b'), (3, 1, 1, 'postgres', null)`.execute(database.db)
    await sql`insert into environments (account_id, project_id, name, connection, credentials_id)
      select 1, 1, 'Of ' || id, '{"name": "W", "type": "postgres", "details": {"host": "db"}}', id
      from credentials where id <> 2`.execute(database.db)
    await migrate(database, all)
    const rows = await database.db.selectFrom('credentials').select('secrets_target').orderBy('id').execute()
    const used = { type: 'postgres', details: { host: 'db' } }
    expect(rows.map((row) => row.secrets_target)).toEqual([used, null, null])
  } finally {
    await database.close()
    await drop()
  }
})
