import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Config } from '../../config/config.ts'
import { loadConfig } from '../../config/config.ts'
import { readEnv } from '../../config/env.ts'
import { SetupError } from '../../domain/errors.ts'
import { flagValues } from '../flags.ts'

export type DataOptions = Readonly<Record<string, unknown>>

/** These commands work on the PostgreSQL in DATABASE_URL, else on the embedded database of the data folder. */
export function dataConfig(options: DataOptions): Config {
  const flags = flagValues(options)
  return loadConfig({ mode: 'serve', flags, embedded: readEnv(flags).DATABASE_URL === undefined })
}

/** Throws a SetupError when an embedded database would only be made by opening it. */
export function assertThere({ database }: Config): void {
  if (database.kind !== 'embedded' || existsSync(path.join(database.dir, 'postgres', 'PG_VERSION'))) return
  throw new SetupError(
    `There is no database in ${database.dir}. Give its data folder by --data-dir, or set DATABASE_URL.`,
  )
}
