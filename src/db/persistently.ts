import pRetry from 'p-retry'
import { isRetryable, isTransientError } from './pg-errors.ts'

/** Those that wait for the database ask again so often, in the end. */
const maxPauseMs = 2000

/** It is true when the same work may succeed if it is done again. */
function mayPass(error: unknown): boolean {
  return isTransientError(error) || isRetryable(error)
}

/**
 * Does `work` again, after growing pauses, while the database cannot be reached or a transaction lost a race. Rejects with
 * whatever else it throws, or with the reason of `signal` when that is aborted between two attempts.
 *
 * NOTE: the work may have been done though its answer was lost, so that it must be safe to repeat.
 */
export async function persistently<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  isWorthAnotherTry: (error: unknown) => boolean = mayPass,
): Promise<T> {
  const attempt = async (): Promise<{ readonly value: T } | { readonly failure: unknown }> => {
    try {
      return { value: await work() }
    } catch (error) {
      if (!isWorthAnotherTry(error)) return { failure: error }
      throw new Error('The database does not answer.', { cause: error })
    }
  }
  const result = await pRetry(attempt, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 100,
    maxTimeout: maxPauseMs,
    randomize: true,
    signal,
  })
  if ('failure' in result) throw result.failure
  return result.value
}
