import { StoreError, StoreUnavailableError } from '../domain/store-errors.ts'
import { withinTime } from '../util/within-time.ts'
import type { ArtifactStore } from './artifact-store.ts'

/** Tries whether the store can be used. Answers why it cannot, by then at the latest. */
export async function examineStore(
  store: Pick<ArtifactStore, 'check'>,
  maxMs: number,
  signal?: AbortSignal,
): Promise<StoreError | undefined> {
  const late = new AbortController()
  const given = signal === undefined ? late.signal : AbortSignal.any([late.signal, signal])
  try {
    await withinTime(maxMs, store.check(given), () => {
      late.abort()
      return new StoreUnavailableError(`it gave no answer within ${maxMs / 1000} s`)
    })
    return undefined
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
}
