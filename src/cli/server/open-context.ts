import type { Config, DatabaseConfig } from '../../config/config.ts'
import { AppContext, type ContextOptions } from '../../context.ts'
import { SetupError } from '../../domain/errors.ts'
import { errorCode } from '../../util/error-code.ts'

/** The context of a server or worker. */
export function openContext(config: Config, options: ContextOptions = {}): Promise<AppContext> {
  return explainDatabase(config.database, () => AppContext.create(config, options))
}

/** Makes a database that cannot be reached one line, without its password. */
export async function explainDatabase<T>(config: DatabaseConfig, use: () => Promise<T>): Promise<T> {
  try {
    return await use()
  } catch (error) {
    const reason = reasonOf(errorCode(error), error)
    if (config.kind === 'embedded' || reason === undefined) throw error
    const { host, pathname } = new URL(config.url)
    throw new SetupError(`The database ${host}${pathname} (DATABASE_URL) cannot be used: ${reason}.`)
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOENT: 'there is no such socket',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ETIMEDOUT: 'there was no answer in time',
  ECONNRESET: 'the connection was cut',
  '28P01': 'the password is wrong',
  '28000': 'this user is not let in',
  '3D000': 'there is no such database',
  '42501': 'this user lacks a right there',
  '53300': 'it has no connection left',
}

function reasonOf(code: string | undefined, error: unknown): string | undefined {
  if (code !== undefined && reasons[code] !== undefined) return reasons[code]
  // pg gives its own connection time-out no code.
  const isTimeout = error instanceof Error && error.message.includes('timeout exceeded when trying to connect')
  return isTimeout ? reasons.ETIMEDOUT : undefined
}
