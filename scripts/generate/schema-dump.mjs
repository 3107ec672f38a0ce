// Run by whoever changed a migration; makes src/db/schema.sql, which shows what the migrations make of an empty database.
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import pg from 'pg'
import { importTypescript } from '../lib/import-typescript.mjs'
import { root } from '../lib/paths.mjs'

const { migrate } = await importTypescript('src/db/migrate/migrate.ts')
const { readMigrations } = await importTypescript('src/db/migrate/read-migrations.ts')
const { dumpSchema } = await importTypescript('test/support/database/dump-schema.ts')

const pglite = await PGlite.create()
const pool = new pg.Pool(createPgConfig(pglite))
await migrate({ pool }, await readMigrations(path.join(root, 'src/db')))
await writeFile(path.join(root, 'src/db/schema.sql'), await dumpSchema(pool))
await pool.end()
await pglite.close()
