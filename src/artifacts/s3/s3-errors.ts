import {
  DamagedContentError,
  StoreError,
  StoreFullError,
  StoreUnavailableError,
  UnstorableFileError,
} from '../../domain/store-errors.ts'
import { errorCode } from '../../util/error-code.ts'

/** Servers that speak S3 have different names for it. */
const full = new Set(['InsufficientCapacity', 'QuotaExceeded', 'XMinioStorageFull', 'XMinioAdminBucketQuotaExceeded'])

/** Says an error of S3, or of the way to it, in a store's words. The reason of an aborted signal stays as it is. */
export function inWordsOfStore(error: unknown, where: string): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error
  const options = { cause: error }
  if (full.has(error.name) || statusOf(error) === 507) return new StoreFullError('The bucket is full', options)
  if (error.name === 'KeyTooLongError') return new UnstorableFileError('its name is too long', options)
  if (error.name === 'InvalidRange') return new DamagedContentError('It is empty', options)
  if (error.name === 'NoSuchBucket') return new StoreUnavailableError('there is no such bucket', options)
  if (error.name === 'CredentialsProviderError')
    return new StoreUnavailableError(`no credentials were found for ${where}`, options)
  return new StoreUnavailableError(describe(error, where), options)
}

/** True when S3 says that there is no such object. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchKey'
}

function describe(error: Error, where: string): string {
  const status = statusOf(error)
  const code = errorCode(error)
  if (status !== undefined) return `${error.name} (${status}): ${error.message}`
  return code === undefined ? error.message : `${where} cannot be reached (${code})`
}

function statusOf(error: Error): number | undefined {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined
  const isKnown = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
  return isKnown && typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined
}
