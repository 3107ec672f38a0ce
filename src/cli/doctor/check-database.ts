import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { ReadyFile } from '../../client/ready-file.ts'
import type { DatabaseConfig } from '../../config/config.ts'
import { openDatabase } from '../../db/database.ts'
import { AppError } from '../../domain/errors.ts'
import { explainDatabase } from '../../server/open-context.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const maxSkewSeconds = 5

/** The database and, against it, this machine's clock. */
export async function checkDatabase(config: DatabaseConfig, running: ReadyFile | undefined): Promise<Finding[]> {
  if (config.kind === 'embedded') {
    const clock = ok('clock', `${new Date().toISOString()} (the embedded database has the same)`)
    return [await checkEmbedded(config.dir, running), clock]
  }
  try {
    const { version, now } = await explainDatabase(config, () => ask(config))
    return [checkVersion(version), checkClock(now, new Date())]
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return [fail('database', error.message, 'Correct DATABASE_URL, or start the database.')]
  }
}

async function ask(config: DatabaseConfig): Promise<{ version: string; now: Date }> {
  const database = await openDatabase(config)
  try {
    const { rows } = await database.pool.query<{ version: string; now: Date }>(
      "select current_setting('server_version') as version, clock_timestamp() as now",
    )
    return rows[0] ?? { version: 'unknown', now: new Date() }
  } finally {
    await database.close()
  }
}

function checkVersion(version: string): Finding {
  const isEnough = Number.parseInt(version, 10) >= 14
  if (isEnough) return ok('database', `PostgreSQL ${version}`)
  return fail('database', `PostgreSQL ${version} is too old`, 'Stratus needs 14 or newer.')
}

export function checkClock(theirs: Date, ours: Date): Finding {
  const skew = Math.abs(theirs.getTime() - ours.getTime()) / 1000
  if (skew <= maxSkewSeconds) return ok('clock', 'as the database’s')
  const cure = 'Set both by NTP: the times of runs are the database’s.'
  return warn('clock', `${Math.round(skew)} s off the database’s`, cure)
}

async function checkEmbedded(dir: string, running: ReadyFile | undefined): Promise<Finding> {
  if (running) return ok('database', `embedded, in use by the running server (process ${running.pid})`)
  const version = await readFile(path.join(dir, 'postgres', 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (version === undefined) return ok('database', 'embedded, made at the first start')
  return ok('database', `embedded, PostgreSQL ${version.trim()}, in ${dir}`)
}
