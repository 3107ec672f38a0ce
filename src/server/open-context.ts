import type { Config, DatabaseConfig } from '../config/config.ts'
import { AppContext, type ContextOptions } from '../context.ts'
import { explainDatabaseError } from '../db/explain-database-error.ts'
import { SetupError } from '../domain/errors.ts'

/** The context of a command that ends soon. */
export function openContext(config: Config, options: ContextOptions = {}): Promise<AppContext> {
  return explainDatabase(config.database, () => AppContext.create(config, options))
}

/** The context of a server or worker, which waits for its database; undefined when `stop` was aborted before that answered. */
export async function awaitContext(
  config: Config,
  stop: AbortSignal,
  options: ContextOptions = {},
): Promise<AppContext | undefined> {
  try {
    return await openContext(config, { ...options, waitUntil: stop })
  } catch (error) {
    if (stop.aborted) return undefined
    throw error
  }
}

/** Makes a database that cannot be reached one line, without its password. */
export async function explainDatabase<T>(config: DatabaseConfig, use: () => Promise<T>): Promise<T> {
  try {
    return await use()
  } catch (error) {
    const reason = explainDatabaseError(error)
    if (config.kind === 'embedded' || reason === undefined) throw error
    const { host, pathname } = new URL(config.url)
    throw new SetupError(`The database ${host}${pathname} (DATABASE_URL) cannot be used: ${reason}.`)
  }
}
