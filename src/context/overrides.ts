import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { ProcessWakeUp } from '../db/wake-up.ts'
import type { EngineKind } from '../domain/environment.ts'
import type { RunEngine } from '../engines/run-engine.ts'
import type { Clock } from '../engines/simulated/clock.ts'
import type { Executor } from '../worker/executor.ts'

/** Tests put these in place of what the configuration means. */
export interface Overrides {
  readonly artifacts?: ArtifactStore
  readonly engines?: { readonly [Kind in EngineKind]?: RunEngine }
  readonly executor?: Executor
  readonly wakeUp?: ProcessWakeUp
  /** Only simulated runs follow it: the database's clock alone says what is due (docs/decisions/database/0029-the-database-tells-the-time.md). */
  readonly simulatedClock?: Clock
}
