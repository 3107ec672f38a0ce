import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { Db } from '../db/database.ts'
import type { WakeUp } from '../db/wake-up.ts'
import type { ApplyPolicy } from '../definitions/projects/machine-policy.ts'
import type { QueueLimits } from '../queue/assert-room.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import type { HealthChecks } from './health/serve-health.ts'
import type { HeldPolls } from './http/held-polls.ts'
import type { SimulationControl } from './simulation/simulation-control.ts'

/** What the API's operations need; the composition root has it, and so does a test's literal. */
export interface ApiContext {
  readonly db: Db
  readonly wakeUp: WakeUp
  readonly artifacts: ArtifactStore
  readonly secretBox: SecretBox
  /** What may be named on this machine. */
  readonly policy: ApplyPolicy
  readonly queueLimits?: QueueLimits
  /** The version of Stratus. */
  readonly version: string
  /** The checks of everything that this server needs to serve. */
  readonly health: HealthChecks
  /** Polls of live runs that are answered when the run ends. */
  readonly heldPolls: HeldPolls
  /** In `stratus dev` alone. */
  readonly simulation?: SimulationControl
  /** The address that people reach this server by, without a slash at its end. */
  publicUrl(): string
}
