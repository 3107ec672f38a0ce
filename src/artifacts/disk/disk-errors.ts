import { StoreFullError, StoreUnavailableError, UnstorableFileError } from '../../domain/store-errors.ts'
import { errorCode } from '../../util/error-code.ts'

/** Does something with files of the disk; what the disk says to it is thrown in a store's words. */
export async function inStoreWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw storeError(error)
  }
}

/** An error that is no fault of the disk stays as it is. */
export function storeError(cause: unknown): unknown {
  if (!isOfSystem(cause)) return cause
  switch (errorCode(cause)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new StoreFullError('The disk is full', { cause })
    case 'ENAMETOOLONG':
      return new UnstorableFileError('its name is too long', { cause })
    default:
      return unavailable(cause)
  }
}

export function unavailable(cause: { readonly message: string }): StoreUnavailableError {
  return new StoreUnavailableError(cause.message, { cause })
}

function isOfSystem(error: unknown): error is { readonly syscall: unknown; readonly message: string } {
  return typeof error === 'object' && error !== null && 'syscall' in error && 'message' in error
}
