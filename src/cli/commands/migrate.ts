import path from 'node:path'
import { loadConfig } from '../../config/config.ts'
import { openDatabase } from '../../db/database.ts'
import { migrate } from '../../db/migrate/migrate.ts'
import { readMigrations } from '../../db/migrate/read-migrations.ts'
import { explainDatabase } from '../../server/open-context.ts'
import { print } from '../output/terminal.ts'

/** `stratus migrate`: the schema of the database in DATABASE_URL. An embedded one is migrated by its own start. */
export async function migrateDatabase(installDir: string): Promise<void> {
  const { database: config } = loadConfig({ mode: 'work' })
  const migrations = await readMigrations(path.join(installDir, 'db'))
  const applied = await explainDatabase(config, async () => {
    const database = await openDatabase(config)
    try {
      return await migrate(database, migrations)
    } finally {
      await database.close()
    }
  })
  for (const name of applied) print(`applied ${name}`)
  print('The database schema is up to date.')
}
