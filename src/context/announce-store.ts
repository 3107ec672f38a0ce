import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import { examineStore } from '../artifacts/examine-store.ts'
import { serverLogger } from '../logger.ts'

const patienceMs = 10_000

/** Says in the log which store of artifacts is used, and whether it can be. A process starts without it, as it runs on when it goes. */
export async function announceStore(store: ArtifactStore, stop: AbortSignal): Promise<void> {
  try {
    const problem = await examineStore(store, patienceMs, stop)
    if (problem === undefined) serverLogger.info({ store: store.name }, 'store of artifacts ready')
    else serverLogger.warn({ store: store.name, reason: problem.message }, 'the store of artifacts cannot be used')
  } catch (err) {
    if (!stop.aborted) serverLogger.error({ err, store: store.name }, 'the store of artifacts could not be tried')
  }
}
