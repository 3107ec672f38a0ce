import path from 'node:path'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { Config } from '../config/config.ts'
import type { Db } from '../db/database.ts'
import type { WakeUp } from '../db/wake-up.ts'
import { queueLogger } from '../logger.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import type { Executor } from '../worker/executor.ts'
import { ensureFreeSpace } from '../worker/logs/ensure-free-space.ts'
import { LogSpool } from '../worker/logs/log-spool.ts'
import { executeInProcess } from '../worker/run-execution.ts'
import { Worker } from '../worker/worker.ts'
import type { Engines } from './open-engines.ts'

/** An embedded database has one process, which finds every lease dead at its start: leases need not expire. */
const endlessLeaseSeconds = 10 * 365 * 86_400

/** PostgreSQL takes space for its log of changes 16 MiB at a time, and cannot go on without. */
const embeddedReserveBytes = 64 * 2 ** 20

interface Parts {
  readonly config: Config
  readonly db: Db
  readonly wakeUp: WakeUp
  readonly artifacts: ArtifactStore
  readonly secretBox: SecretBox
}

/** The executor runs what this process's worker claims. */
export function composeExecutor(parts: Parts, { engineFor }: Engines): Executor {
  const { config, db, wakeUp, artifacts, secretBox } = parts
  const { database, dataDir, worker } = config
  const room = database.kind === 'embedded' && {
    ensureRoom: () => ensureFreeSpace(database.dir, embeddedReserveBytes),
  }
  const logSpool = new LogSpool({ folder: path.join(dataDir, 'log-spool'), maxBytes: worker.logSpoolBytes, ...room })
  const { artifactsWaitMs } = worker
  return executeInProcess({ db, wakeUp, artifacts, artifactsWaitMs, logSpool, secretBox, engineFor, ...room })
}

/** A worker that does not claim yet. */
export function composeWorker(
  { config: { worker, database }, db, wakeUp }: Pick<Parts, 'config' | 'db' | 'wakeUp'>,
  { executor, mayClaim }: { executor: Executor; mayClaim: () => boolean },
): Worker {
  return new Worker(
    { db, wakeUp, executor, mayClaim },
    {
      name: worker.name,
      capacity: worker.capacity,
      leaseSeconds: database.kind === 'embedded' ? endlessLeaseSeconds : worker.leaseSeconds,
      guardSeconds: worker.leaseSeconds,
      pollMs: worker.pollMs,
      logger: queueLogger,
    },
  )
}
