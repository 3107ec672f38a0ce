import { type Expression, type SqlBool, sql } from 'kysely'
import type { Db, Tx } from '../db/database.ts'
import { isActive } from '../db/is-active.ts'
import type { RunRow } from '../db/schema/runs.ts'
import type { FinalRunStatus } from '../domain/runs/run-status.ts'
import { storableText } from '../util/text/storable-text.ts'
import { closeSteps } from './close-steps.ts'
import { lockLane, updateLane } from './lanes.ts'
import { isHeldBy, type RunLease } from './lease.ts'

/*
 * End and release are two facts. The end is a status, a message and `finished_at`; the first one stands. The release
 * frees the serial key, the slot and exclusive holds. Only after a cancel or a timeout does the end come before the
 * release; until the release the run accepts its worker's steps and artifacts.
 */

export interface RunEnd {
  readonly status: FinalRunStatus
  readonly message: string | null
}

export const cancelledByUser = { status: 'cancelled', message: 'Cancelled by user.' } as const satisfies RunEnd

/** The columns that an end writes to the row of its run. */
export function columnsOfEnd(end: RunEnd) {
  return {
    status: end.status,
    status_message: messageOf(end),
    finished_at: sql<Date>`now()`,
    updated_at: sql<Date>`now()`,
  }
}

function messageOf({ message }: RunEnd): string | null {
  return message === null ? null : storableText(message)
}

/** Ends the run without releasing it; false when it had ended already or is not the worker's any more. */
export async function endRun(db: Db, lease: RunLease, end: RunEnd): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('runs')
    .set(columnsOfEnd(end))
    .where('status', 'in', ['starting', 'running'])
    .where(isHeldBy(lease))
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** A released run; `is_awaited`: there are jobs that are started by ends of its job. */
export type ReleasedRun = RunRow & { readonly is_awaited: boolean }

/** Releases the run, ending it with `end` unless it has ended already. It is undefined when it is not the worker's any more. */
export async function finishRun(db: Db, lease: RunLease, end: RunEnd): Promise<ReleasedRun | undefined> {
  return db.transaction().execute(async (tx) => {
    await lockLane(tx, lease.serialKey)
    return releaseRun(tx, lease.runId, end, isHeldBy(lease))
  })
}

/**
 * Releases a claimed run for which the condition holds, ending it with `end` unless it has ended already, and frees what
 * it held. Its lane must be locked.
 */
export async function releaseRun(
  tx: Tx,
  runId: number,
  end: RunEnd,
  condition: Expression<SqlBool>,
): Promise<ReleasedRun | undefined> {
  const live = sql<boolean>`runs.status in ('starting', 'running')`
  const run = await tx
    .updateTable('runs')
    .set({
      status: sql`case when ${live} then ${end.status} else runs.status end`,
      status_message: sql`case when ${live} then ${messageOf(end)} else runs.status_message end`,
      finished_at: sql`coalesce(runs.finished_at, now())`,
      released_at: sql`now()`,
      lease_expires_at: null,
      updated_at: sql`now()`,
      artifacts_saved: sql`exists (select from run_artifacts where run_artifacts.run_id = runs.id)`,
      has_docs_generated: hasArtifact('catalog.json'),
      has_sources_generated: hasArtifact('sources.json'),
      node_counts: sql`count_nodes(runs.id, true)`,
    })
    .where('id', '=', runId)
    .where(condition)
    .returningAll()
    .returning(isAwaited.as('is_awaited'))
    .executeTakeFirst()
  if (run === undefined) return undefined
  // The ends of the steps may be just what could not be stored.
  if (run.status === 'error' || run.status === 'cancelled') {
    await closeSteps(tx, run.id, { status: run.status, message: run.status_message })
  }
  if (run.node_counts !== null && run.node_counts.error > 0) await sql`select note_failures(${run.id})`.execute(tx)
  await freeWhatItHeld(tx, run)
  return run
}

/** Frees the lane and the exclusive holds of a run that was just released or goes back to the queue. The lane must be locked. */
export async function freeWhatItHeld(tx: Tx, run: { id: number; serial_key: string }): Promise<void> {
  await tx.deleteFrom('exclusive_holds').where('run_id', '=', run.id).execute()
  await updateLane(tx, run.serial_key, null)
}

const isAwaited = sql<boolean>`exists (
  select from jobs where ${isActive('jobs')} and jobs.job_completion_trigger is not null
    and cast(jobs.job_completion_trigger -> 'condition' ->> 'job_id' as bigint) = runs.job_id)`

function hasArtifact(path: string) {
  return sql<boolean>`exists (
    select from run_artifacts where run_artifacts.run_id = runs.id and run_artifacts.path = ${path})`
}
