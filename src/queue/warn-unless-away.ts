import type { Logger } from 'pino'
import { isTransientError } from '../db/pg-errors.ts'

/** Serves what is done again soon anyway: that the database is away is said once, elsewhere. */
export function warnUnlessAway(logger: Logger, message: string): (err: unknown) => void {
  return (err) => {
    if (!isTransientError(err)) logger.warn({ err }, message)
  }
}
