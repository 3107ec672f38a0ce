import { sql } from 'kysely'
import { type AskedBy, addAuditEntry, outcomes } from '../audit/audit-entries.ts'
import type { Tx } from '../db/database.ts'
import type { RunRow } from '../db/schema/runs.ts'
import type { Actor } from '../domain/actor.ts'
import { predecessorsOf } from '../domain/runs/run-status.ts'
import type { CauseCategory } from '../domain/runs/trigger.ts'
import { columnsOfEnd } from './finish-run.ts'
import { lockLane, updateLaneHead } from './lanes.ts'

/** Cancels the job's queued runs of one category, because a newer one takes their place. */
export async function cancelSuperseded(
  tx: Tx,
  jobId: number,
  category: CauseCategory,
  why: { message: string; actor: Actor },
): Promise<void> {
  const queued = await tx
    .selectFrom('runs')
    .select(['id', 'serial_key'])
    .where('job_id', '=', jobId)
    .where('status', '=', 'queued')
    .where('claimed_at', 'is', null)
    .where('cause_category', '=', category)
    .execute()
  for (const run of queued) await endCancelled(tx, run, { ...why, asked: { operation: 'Cancel Run', method: null } })
}

/** Makes the run final in status cancelled; undefined when it was final already. */
export async function endCancelled(
  tx: Tx,
  run: { id: number; serial_key: string },
  { message, actor, asked }: { message: string; actor: Actor; asked: AskedBy },
): Promise<RunRow | undefined> {
  await lockLane(tx, run.serial_key)
  const cancelled = await tx
    .updateTable('runs')
    .set({
      ...columnsOfEnd({ status: 'cancelled', message }),
      // Nobody holds one that was queued: it has nothing to release.
      released_at: sql`case when claimed_at is null then now() end`,
      cancelled_by: JSON.stringify(actor),
    })
    .where('id', '=', run.id)
    .where('status', 'in', predecessorsOf('cancelled'))
    .returningAll()
    .executeTakeFirst()
  if (cancelled === undefined) return undefined
  await updateLaneHead(tx, run.serial_key)
  await addAuditEntry(tx, {
    accountId: cancelled.account_id,
    actor,
    ...asked,
    projectId: cancelled.project_id,
    targetId: cancelled.id,
    context: { job_id: cancelled.job_id },
    status: outcomes.done,
  })
  return cancelled
}
