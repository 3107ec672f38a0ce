import { errorCode } from '../util/error-code.ts'
import { isTransientError } from './pg-errors.ts'

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
  '57P01': 'it shuts down',
  '57P03': 'it starts or shuts down',
  '25006': 'it takes no changes: it is a replica, or read-only',
}

/** Says why the database cannot be used, in a few words that name nothing of it; undefined for any other failure. */
export function explainDatabaseError(error: unknown): string | undefined {
  const reason = reasons[errorCode(error) ?? '']
  if (reason !== undefined) return reason
  // pg gives its own connection time-out no code.
  if (error instanceof Error && error.message.includes('timeout exceeded when trying to connect'))
    return reasons.ETIMEDOUT
  return isTransientError(error) ? 'the connection was cut' : undefined
}
