import { errorCode } from '../util/error-code.ts'

/**
 * Says why a store of files does not take or give one, whichever store it is: its adapters say it in these words, and nobody
 * else reads the codes of a disk or of a network. The message is the store's own.
 */
export abstract class StoreError extends Error {
  abstract override readonly name: string

  /** The code that the disk, the network or S3 gave for it: the message may name accounts and places, and this none. */
  get reason(): string {
    const { cause } = this
    const hasName = typeof cause === 'object' && cause !== null && 'name' in cause
    const code = errorCode(cause) ?? (hasName ? String(cause.name) : '')
    return /^[A-Za-z][\w.]{0,60}$/.test(code) ? code : this.name
  }
}

/** It has no room for more. */
export class StoreFullError extends StoreError {
  override readonly name = 'StoreFullError'
}

/** It cannot keep this one file; others it can. The message says why, in words that follow the file's name. */
export class UnstorableFileError extends StoreError {
  override readonly name = 'UnstorableFileError'
}

/** It refuses, or does not answer. The same may succeed later. */
export class StoreUnavailableError extends StoreError {
  override readonly name = 'StoreUnavailableError'
}

/** The store gives back something else than was stored. */
export class DamagedContentError extends StoreError {
  override readonly name = 'DamagedContentError'
}
