import { errorCode } from '../util/error-code.ts'

/** 23505: somebody else wrote the same unique value first. */
export function isUniqueViolation(error: unknown): boolean {
  return errorCode(error) === '23505'
}

/** 42P01. */
export function isUndefinedTable(error: unknown): boolean {
  return errorCode(error) === '42P01'
}

const retryable = new Set(['40001', '40P01', '55P03'])

/** Serialisation failures, deadlocks and lock time-outs: the same transaction may succeed when tried again. */
export function isRetryable(error: unknown): boolean {
  const code = errorCode(error)
  return code !== undefined && retryable.has(code)
}
