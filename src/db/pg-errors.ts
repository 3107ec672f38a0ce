import { errorCode } from '../util/error-code.ts'

/** PostgreSQL's code is 23505: somebody else wrote the same unique value first. */
export function isUniqueViolation(error: unknown): boolean {
  return errorCode(error) === '23505'
}

/** PostgreSQL's code is 42P01. */
export function isUndefinedTable(error: unknown): boolean {
  return errorCode(error) === '42P01'
}

const retryable = new Set(['40001', '40P01', '55P03'])

/** Serialisation failures, deadlocks and lock time-outs: the same transaction may succeed when tried again. */
export function isRetryable(error: unknown): boolean {
  const code = errorCode(error)
  return code !== undefined && retryable.has(code)
}

/**
 * 57P01–57P03: it shuts down, crashed or is starting; 57P05, 25P03: it ended an idle session; 53300: it has no connection left;
 * 25006: a replica that is no primary (yet, or any more).
 */
const unavailable = new Set(['57P01', '57P02', '57P03', '57P05', '25P03', '53300', '25006'])

/** The way to it is interrupted. A name that nobody knows counts: it changes in a failover. */
const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** The messages of `pg` and its pool that come without a code. */
const lostConnection = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'There was an error establishing an SSL connection',
  'Query read timeout',
  'timeout exceeded when trying to connect',
  'timeout expired',
])

/**
 * The database cannot be reached or cannot serve now, and may again soon: the same work can be tried then. What was sent
 * may have been done all the same.
 */
export function isTransientError(error: unknown): boolean {
  const code = errorCode(error)
  if (code !== undefined) return code.startsWith('08') || unavailable.has(code) || unreachable.has(code)
  return typeof error === 'object' && error !== null && 'message' in error && lostConnection.has(String(error.message))
}
