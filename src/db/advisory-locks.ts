/** Advisory locks are numbers; nothing else in the database of Stratus uses these. */
export const advisoryLocks = {
  /** Concurrent migrations wait for one another. */
  migration: 7_281_503,
  /** Documents are applied one after another. */
  apply: 7_281_504,
} as const
