import { AppError } from '../domain/errors.ts'
import { StoreFullError, StoreUnavailableError } from '../domain/store-errors.ts'

/** Says why a run could not go on though dbt did nothing wrong, for its status message. */
export function explainFailure(error: unknown): string {
  if (error instanceof AppError) return error.message
  if (error instanceof StoreFullError) return 'No space is left on the disk for the logs and artifacts of this run.'
  if (error instanceof StoreUnavailableError) {
    return `The logs or artifacts of this run could not be stored: ${error.message}`
  }
  return `Stratus could not go on with this run: ${messageOf(error)}`
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}
