/**
 * Why a store of files does not take or give one, whichever store it is: its adapters say it in these words, and nobody
 * else reads the codes of a disk or of a network. The message is the store's own.
 */
export abstract class StoreError extends Error {
  abstract override readonly name: string
}

/** It has no room for more. */
export class StoreFullError extends StoreError {
  override readonly name = 'StoreFullError'
}

/** It cannot keep this one file under its name; other files it can. */
export class UnstorableNameError extends StoreError {
  override readonly name = 'UnstorableNameError'
}

/** It refuses, or does not answer. */
export class StoreUnavailableError extends StoreError {
  override readonly name = 'StoreUnavailableError'
}
