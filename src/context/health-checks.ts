import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import { HealthCheck } from '../api/health/health-check.ts'
import type { HealthChecks } from '../api/health/serve-health.ts'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import { examineStore } from '../artifacts/examine-store.ts'
import type { Db } from '../db/database.ts'
import { explainDatabaseError } from '../db/explain-database-error.ts'
import { countPending } from '../db/migrate/count-pending.ts'
import type { Migrations } from '../db/migrate/migration.ts'
import { errorCode } from '../util/error-code.ts'

/** A look writes to the store, and servers of S3 count what they are asked. */
const storeFreshMs = 30_000
const storePatienceMs = 10_000

interface HealthContext {
  readonly db: Db
  readonly artifacts: Pick<ArtifactStore, 'kind' | 'check'>
  readonly migrations: Migrations
  readonly dataDir: string
  /** It is true when the server was asked to stop: it answers, and should be given nothing new. */
  readonly isStopping: () => boolean
}

/** The checks of all that a server needs to serve: each costs one cheap query or write. */
export function healthChecks({ db, artifacts, migrations, dataDir, isStopping }: HealthContext): HealthChecks {
  return {
    database: new HealthCheck(() => explained(() => lookAtDatabase(db))),
    migrations: new HealthCheck(() => explained(() => lookAtMigrations(db, migrations))),
    data_folder: new HealthCheck(() => lookAtFolder(dataDir)),
    // Without it runs are triggered, polled and cancelled all the same; it is away for all servers at once.
    artifact_store: new HealthCheck(() => lookAtStore(artifacts), { freshMs: storeFreshMs, isNeeded: false }),
    server: new HealthCheck(async () => (isStopping() ? 'is stopping' : undefined)),
  }
}

async function lookAtStore(store: Pick<ArtifactStore, 'kind' | 'check'>): Promise<string | undefined> {
  const problem = await examineStore(store, storePatienceMs)
  return problem && `${store.kind} cannot be used (${problem.reason})`
}

async function explained(look: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await look()
  } catch (error) {
    const reason = explainDatabaseError(error)
    if (reason === undefined) throw error
    return `the database cannot be used: ${reason}`
  }
}

async function lookAtDatabase(db: Db): Promise<string | undefined> {
  const { rows } = await sql<{ read_only: string }>`
    select current_setting('transaction_read_only') as read_only
  `.execute(db)
  return rows[0]?.read_only === 'on' ? 'the database takes no changes: it is a replica, or read-only' : undefined
}

async function lookAtMigrations(db: Db, migrations: Migrations): Promise<string | undefined> {
  // A newer schema is no reason to stop: while servers are replaced, the old ones go on serving.
  const pending = await countPending(db, migrations)
  return pending === 0 ? undefined : `${pending} to apply: run "stratus migrate"`
}

/** The file stays: servers that share the folder would remove it from under each other. */
async function lookAtFolder(folder: string): Promise<string | undefined> {
  try {
    await writeFile(path.join(folder, '.writable'), `${process.pid}\n`)
    return undefined
  } catch (error) {
    return `cannot be written to (${errorCode(error) ?? 'unknown reason'})`
  }
}
