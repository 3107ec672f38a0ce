function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined
}

/** 23505: somebody else wrote the same unique value first. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === '23505'
}

/** 42P01. */
export function isUndefinedTable(error: unknown): boolean {
  return codeOf(error) === '42P01'
}

const retryable = new Set(['40001', '40P01', '55P03'])

/** Serialisation failures, deadlocks and lock time-outs: the same transaction may succeed when tried again. */
export function isRetryable(error: unknown): boolean {
  const code = codeOf(error)
  return code !== undefined && retryable.has(code)
}
