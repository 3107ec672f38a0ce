import { sql } from 'kysely'
import type { Db, Tx } from '../db/database.ts'
import type { WakeUp } from '../db/wake-up.ts'
import { jobCompletion } from '../domain/actor.ts'
import type { RunStatus } from '../domain/runs/run-status.ts'
import { cancelSuperseded } from './end-cancelled.ts'
import { insertRun } from './insert-run.ts'

const superseded =
  'This run was cancelled because the job that it follows completed again before it could start: one run after the newest completion is enough.'

/**
 * Queues a run of every job that waited for a run which has ended, and answers how many. The database notes such ends
 * with the end itself (see the trigger on runs), so that this may be done at any time later, by any server, after any
 * crash. Safe in several processes at once: each waiting job is locked by the one that serves it.
 */
export async function queueAwaitingJobs(ctx: { db: Db; wakeUp: WakeUp }): Promise<number> {
  let queued = 0
  for (;;) {
    const served = await ctx.db.transaction().execute(serveOne)
    if (served === undefined) break
    queued += served
  }
  if (queued > 0) ctx.wakeUp.publish({ kind: 'queued' })
  return queued
}

/** The same right after an end, to lose no time; should it fail, the scheduler does it. */
export async function queueAwaitingJobsNow(ctx: { db: Db; wakeUp: WakeUp }): Promise<void> {
  await queueAwaitingJobs(ctx).catch(() => {})
}

/** Answers how many runs it queued for one waiting job; undefined when none waits, or others serve all that do. */
async function serveOne(tx: Tx): Promise<0 | 1 | undefined> {
  const job = await tx
    .selectFrom('jobs')
    .select('id')
    .where(sql<boolean>`exists (select from job_completions where job_completions.job_id = jobs.id)`)
    .orderBy('id')
    .limit(1)
    .forNoKeyUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (job === undefined) return undefined
  const upstream = await takeOldestCompletion(tx, job.id)
  // Without one, another server was quicker. A job does not follow itself, however long the way round.
  if (upstream === undefined || upstream.is_loop) return 0
  await cancelSuperseded(tx, job.id, 'job completion', { message: superseded, actor: jobCompletion })
  const run = await insertRun(tx, {
    jobId: job.id,
    cause: `Run ${upstream.id} of job "${upstream.job_name}" (${upstream.job_id}) ${ended[upstream.status]}`,
    causeCategory: 'job completion',
    overrides: {},
    upstreamRunId: upstream.id,
    actor: jobCompletion,
    asked: { operation: 'Job Completion Run', method: null },
  })
  // Without a run, the job was deleted meanwhile, or has no commands.
  return run === undefined ? 0 : 1
}

const ended: Partial<Record<RunStatus, string>> = {
  success: 'succeeded',
  error: 'ended in error',
  cancelled: 'was cancelled',
}

interface Upstream {
  readonly id: number
  readonly status: RunStatus
  readonly job_id: number
  readonly job_name: string
  /** The waiting job is among those whose ends led to this one. */
  readonly is_loop: boolean
}

async function takeOldestCompletion(tx: Tx, jobId: number): Promise<Upstream | undefined> {
  const { rows } = await sql<Upstream>`
    with recursive taken as (
      delete from job_completions
      where job_completions.job_id = ${jobId} and job_completions.upstream_run_id = (
        select min(oldest.upstream_run_id) from job_completions as oldest where oldest.job_id = ${jobId}
      )
      returning upstream_run_id
    ), chain as (
      select runs.job_id, runs.upstream_run_id from taken join runs on runs.id = taken.upstream_run_id
      union all
      select runs.job_id, runs.upstream_run_id from chain join runs on runs.id = chain.upstream_run_id
    )
    select runs.id, runs.status, runs.job_id, jobs.name as job_name,
      exists (select from chain where chain.job_id = ${jobId}) as is_loop
    from taken join runs on runs.id = taken.upstream_run_id join jobs on jobs.id = runs.job_id
  `.execute(tx)
  return rows[0]
}
