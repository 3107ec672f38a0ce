import { sql } from 'kysely'
import type { Db, Tx } from '../db/database.ts'
import type { WakeUp } from '../db/wake-up.ts'
import { scheduler } from '../domain/actor.ts'
import { nextFireTime } from '../domain/schedules/cron.ts'
import { activeState } from '../domain/state.ts'
import { cancelSuperseded } from '../queue/end-cancelled.ts'
import { insertRun } from '../queue/insert-run.ts'

const superseded =
  'This run was cancelled because a newer scheduled run of the same job was queued: the job takes longer than its schedule allows. ' +
  'Let it run less often, or make it faster.'

/**
 * Queues a run for every job whose time has come, and answers how many. A missed time runs once, however often it was
 * missed. A job has at most one queued scheduled run: an earlier one is cancelled, as dbt Cloud does. Runs that an API
 * client triggered are never touched. Safe in several processes at once: each job is locked by the one that fires it.
 */
export async function fireSchedules(ctx: { db: Db; wakeUp: WakeUp }): Promise<number> {
  let fired = 0
  while ((await isAnyDue(ctx.db)) && (await ctx.db.transaction().execute(fireOne))) fired++
  if (fired > 0) ctx.wakeUp.publish({ kind: 'queued' })
  return fired
}

/** It is asked outside of a transaction, which costs more than the question: mostly nothing is due. */
async function isAnyDue(db: Db): Promise<boolean> {
  return (await dueJobs(db).select('id').limit(1).executeTakeFirst()) !== undefined
}

function dueJobs(db: Db) {
  return db
    .selectFrom('jobs')
    .where('state', '=', activeState)
    .where('trigger_schedule', '=', true)
    .where('next_run_at', '<=', sql<Date>`now()`)
}

async function fireOne(tx: Tx): Promise<boolean> {
  const job = await dueJobs(tx)
    .select(['id', 'schedule', 'schedule_cron', sql<Date>`now()`.as('now')])
    .orderBy('next_run_at')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (job === undefined) return false
  const next = job.schedule_cron === null ? null : nextFireTime(job.schedule_cron, job.now, job.schedule?.timezone)
  await tx.updateTable('jobs').set({ next_run_at: next }).where('id', '=', job.id).execute()
  await cancelSuperseded(tx, job.id, 'scheduled', { message: superseded, actor: scheduler })
  await insertRun(tx, {
    jobId: job.id,
    cause: 'Scheduled',
    causeCategory: 'scheduled',
    overrides: {},
    actor: scheduler,
    asked: { operation: 'Scheduled Run', method: null },
  })
  return true
}
