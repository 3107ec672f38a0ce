import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { Db } from '../db/database.ts'
import type { WakeUp } from '../db/wake-up.ts'
import type { ApplyPolicy } from '../definitions/projects/machine-policy.ts'
import type { QueueLimits } from '../queue/assert-room.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import type { HealthChecks } from './health/serve-health.ts'
import type { HeldPolls } from './http/held-polls.ts'
import type { SimulationControl } from './simulation/simulation-control.ts'

/** The API's operations need no more than this, so that a test can pass a literal where the server passes its context. */
export interface ApiContext {
  readonly db: Db
  readonly wakeUp: WakeUp
  readonly artifacts: ArtifactStore
  readonly secretBox: SecretBox
  /** The policy says which folders, programs and users of this machine a client may name. */
  readonly policy: ApplyPolicy
  readonly queueLimits?: QueueLimits
  /** It is the version of Stratus that this server runs. */
  readonly version: string
  /** The checks of everything that this server needs to serve. */
  readonly health: HealthChecks
  /** Polls of live runs that are answered when the run ends. */
  readonly heldPolls: HeldPolls
  /** Only `stratus dev` has it. */
  readonly simulation?: SimulationControl
  /** The address that people reach this server by, without a slash at its end. */
  publicUrl(): string
}
