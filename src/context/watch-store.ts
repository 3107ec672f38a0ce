import type { Logger } from 'pino'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import { StoreFullError, StoreUnavailableError } from '../domain/store-errors.ts'

/** The same store, with one line in the log when it cannot be used any more and one when it can again. */
export function watchStore(store: ArtifactStore, logger: Logger): ArtifactStore {
  let lostAt: number | undefined

  async function noticing<T>(work: Promise<T>): Promise<T> {
    try {
      const result = await work
      if (lostAt !== undefined) {
        logger.info(
          { seconds: Math.round((performance.now() - lostAt) / 1000) },
          'the store of artifacts answers again',
        )
        lostAt = undefined
      }
      return result
    } catch (error) {
      if (lostAt === undefined && (error instanceof StoreUnavailableError || error instanceof StoreFullError)) {
        lostAt = performance.now()
        logger.warn({ store: store.name, reason: error.message }, 'the store of artifacts cannot be used')
      }
      throw error
    }
  }

  return {
    ...store,
    put: (key, content, signal) => noticing(store.put(key, content, signal)),
    get: (key, range) => noticing(store.get(key, range)),
    delete: (keys) => noticing(store.delete(keys)),
    deleteAll: (prefix) => noticing(store.deleteAll(prefix)),
  }
}
