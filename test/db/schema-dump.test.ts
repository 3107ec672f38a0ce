import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { dumpSchema } from '../support/database/dump-schema.ts'
import { createTestDatabase, databaseKinds } from '../support/database/test-database.ts'

test.each(databaseKinds)('src/db/schema.sql shows what the migrations make, on %s', async (kind) => {
  const shown = await readFile(path.resolve(import.meta.dirname, '../../src/db/schema.sql'), 'utf8')
  const database = await createTestDatabase(kind)
  try {
    // After a change to a migration: node scripts/generate/schema-dump.mjs
    expect(await dumpSchema(database.pool)).toBe(shown)
  } finally {
    await database.close()
  }
})
