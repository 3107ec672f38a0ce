import { loadConfig } from '../../config/config.ts'
import { openContext } from '../server/open-context.ts'
import { print } from '../terminal.ts'

/** `stratus migrate`: the schema of the database in DATABASE_URL. An embedded one is migrated by its own start. */
export async function migrateDatabase(): Promise<void> {
  const config = loadConfig({ mode: 'work' })
  await using _migrated = await openContext(config, { migrate: true })
  print('The database schema is up to date.')
}
