import type { Db } from '../db/database.ts'
import type { RunRow } from '../db/schema/runs.ts'
import { isFinalStatus } from '../domain/runs/run-status.ts'

/*
 * A run that has ended and is held by nobody never changes again, so that every server may keep its row; only deleting it
 * is left, which shows after a minute. Whether it can be retried depends on later runs and is never kept.
 */

const maxAgeMs = 60_000
const maxRuns = 1_000

interface KnownRun {
  readonly run: RunRow
  readonly until: number
}

/** Each database handle has one; it goes when the handle does. */
const caches = new WeakMap<Db, Map<number, KnownRun>>()

export function knownFinishedRun(db: Db, accountId: number, runId: number): RunRow | undefined {
  const known = caches.get(db)?.get(runId)
  if (known === undefined || known.run.account_id !== accountId || known.until < performance.now()) return undefined
  return known.run
}

/** Keeps the run, if nothing can happen to it any more. */
export function rememberFinishedRun(db: Db, run: RunRow): void {
  const held = run.claimed_at !== null && run.released_at === null
  if (!isFinalStatus(run.status) || held) return
  const cache = caches.get(db) ?? new Map<number, KnownRun>()
  caches.set(db, cache)
  cache.delete(run.id)
  cache.set(run.id, { run, until: performance.now() + maxAgeMs })
  const [oldest] = cache.keys()
  if (cache.size > maxRuns && oldest !== undefined) cache.delete(oldest)
}
