import { AppError } from '../domain/errors.ts'
import { errorCode } from '../util/error-code.ts'

/** Why a run could not go on though dbt did nothing wrong, for its status message. */
export function describeFailure(error: unknown): string {
  if (error instanceof AppError) return error.message
  const code = errorCode(error)
  if (code === 'ENOSPC') return 'No space is left on the disk for the logs and artifacts of this run.'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `Stratus may not write the logs or artifacts of this run (${code}): ${messageOf(error)}`
  }
  return `Stratus could not go on with this run: ${messageOf(error)}`
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}
