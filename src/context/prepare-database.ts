import { existsSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import { assertMigrated, migrate } from '../db/migrate/migrate.ts'
import type { Migrations } from '../db/migrate/migration.ts'
import { readMigrations } from '../db/migrate/read-migrations.ts'
import { persistently } from '../db/persistently.ts'
import { openSecretBox } from '../secrets/open-secret-box.ts'
import { createSecretBox, type SecretBox } from '../secrets/secret-box.ts'

export interface PrepareOptions {
  /** Apply pending migrations instead of refusing to start on an old schema. An embedded database always migrates. */
  readonly migrate?: boolean
  /** Wait for a database that does not answer yet until this is aborted; absent: that is an error. */
  readonly waitUntil?: AbortSignal
  /** It is for a command that neither reads nor stores secrets: it needs no key, and decides on none. */
  readonly withoutSecrets?: boolean
}

/** Checks the schema of a database and the keys of its secrets. Throws a SetupError when they do not fit. */
export async function prepareDatabase(
  database: Database,
  config: Config,
  options: PrepareOptions,
): Promise<{ migrations: Migrations; secretBox: SecretBox }> {
  const migrations = await readMigrations(databaseFolder())
  await prepareSchema(database, migrations, options)
  const source = { ...config, secretKeys: config.secrets.secretKeys, machine: os.hostname() }
  const secretBox = options.withoutSecrets
    ? createSecretBox([])
    : await asLongAs(options.waitUntil, () => openSecretBox(database.db, source))
  return { migrations, secretBox }
}

async function prepareSchema(database: Database, migrations: Migrations, options: PrepareOptions): Promise<void> {
  const { migrate: mayMigrate, waitUntil } = options
  const prepare = async () => {
    try {
      if (mayMigrate === true || database.kind === 'embedded') await migrate(database, migrations)
      else await assertMigrated(database, migrations)
    } catch (error) {
      if (waitUntil !== undefined) database.reachability.suspect(error)
      throw error
    }
  }
  await asLongAs(waitUntil, prepare)
}

/** Waits for a database that is away, if it may. */
function asLongAs<T>(waitUntil: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  return waitUntil === undefined ? work() : persistently(work, waitUntil)
}

/** The folder is beside the built program and its chunks, or in the sources. */
export function databaseFolder(): string {
  const beside = path.join(import.meta.dirname, 'db')
  return existsSync(beside) ? beside : path.join(import.meta.dirname, '..', 'db')
}
