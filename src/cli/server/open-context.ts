import { AppContext, type ContextOptions } from '../../context.ts'
import type { Config } from '../../config/config.ts'
import { SetupError } from '../../domain/errors.ts'
import { errorCode } from '../../util/error-code.ts'

/** The context of a server or worker. A database that cannot be reached is one line, without its password. */
export async function openContext(config: Config, options: ContextOptions = {}): Promise<AppContext> {
  try {
    return await AppContext.create(config, options)
  } catch (error) {
    const reason = reasonOf(errorCode(error), error)
    if (config.database.kind === 'embedded' || reason === undefined) throw error
    const { host, pathname } = new URL(config.database.url)
    throw new SetupError(`The database ${host}${pathname} (DATABASE_URL) cannot be used: ${reason}.`)
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
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
  return error instanceof Error && /timeout exceeded when trying to connect/.test(error.message) ? reasons.ETIMEDOUT : undefined
}
