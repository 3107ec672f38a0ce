import type { ApiContext } from '../api/api-context.ts'
import { HeldPolls } from '../api/http/held-polls.ts'
import { SimulationControl } from '../api/simulation/simulation-control.ts'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { Config } from '../config/config.ts'
import type { Db } from '../db/database.ts'
import type { Migrations } from '../db/migrate/migration.ts'
import type { WakeUp } from '../db/wake-up.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import { version } from '../version.ts'
import { healthChecks } from './health-checks.ts'
import { machinePolicy } from './machine-policy.ts'

export interface Serving {
  /** The address that people reach the server by, without a slash at its end. */
  publicUrl(): string
  /** It is true when the server was asked to stop. */
  isStopping(): boolean
}

interface Parts {
  readonly config: Config
  readonly db: Db
  readonly migrations: Migrations
  readonly wakeUp: WakeUp
  readonly artifacts: ArtifactStore
  readonly secretBox: SecretBox
}

/** The API gets exactly what it needs. */
export function composeApi(parts: Parts, { publicUrl, isStopping }: Serving): ApiContext {
  const { config, db, migrations, wakeUp, artifacts, secretBox } = parts
  return {
    db,
    wakeUp,
    artifacts,
    secretBox,
    policy: { ...machinePolicy(config), unrestricted: false },
    queueLimits: config.queueLimits,
    version,
    health: healthChecks({ db, artifacts, migrations, dataDir: config.dataDir, isStopping }),
    heldPolls: new HeldPolls(wakeUp, { seconds: config.holdPollsSeconds, max: 200 }),
    ...(config.mode === 'dev' && { simulation: new SimulationControl() }),
    publicUrl,
  }
}
