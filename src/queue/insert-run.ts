import { type RawBuilder, sql } from 'kysely'
import { type AskedBy, outcomes } from '../audit/audit-entries.ts'
import type { Db, Tx } from '../db/database.ts'
import { isActive } from '../db/is-active.ts'
import { type JobJson, jobOfJson } from '../db/job-json.ts'
import { prepared } from '../db/prepared-statements.ts'
import type { JobRow } from '../db/schema/jobs.ts'
import type { RunRow } from '../db/schema/runs.ts'
import type { Actor } from '../domain/actor.ts'
import { orchestratorOf } from '../domain/runs/orchestrator.ts'
import { type CauseCategory, codeOverrides, pullRequestOf, type TriggerOverrides } from '../domain/runs/trigger.ts'
import { idsAheadOf } from './blocked-by.ts'
import { lockKeysOf } from './queue-locks.ts'
import { tokenIdOf, waitingOfJob, waitingOfToken } from './waiting-runs.ts'

export interface NewRun {
  readonly jobId: number
  /** Where given, the job must be in this account. */
  readonly accountId?: number
  readonly cause: string
  readonly causeCategory: CauseCategory
  readonly overrides: TriggerOverrides
  readonly retryingRunId?: number
  /** The run whose end starts this one. */
  readonly upstreamRunId?: number
  readonly actor: Actor
  /** It is for the audit log. */
  readonly asked: AskedBy
  /** No run is made where as many wait already, or where somebody counts them for the last one; 0 for any number. */
  readonly room?: { readonly perJob: number; readonly perToken: number }
}

/** A new run with what its answer tells of it: it is blocked by what was there when its statement began. */
export type QueuedRun = RunRow & {
  readonly job: JobRow
  readonly blocked_by: readonly number[]
}

/**
 * Puts a run of an active job into the queue: run, trigger, lane and the entry of the audit log in one statement, so
 * that a single commit, and no lock held across round trips, is all that a trigger costs. It is undefined when the job is gone, has
 * no commands and gets none, is to run other code than the folder that it has, or has no `room`.
 *
 * The serial key decides what may not overlap: the job, or for a CI job the job and its pull request.
 */
export async function insertRun(db: Db | Tx, run: NewRun): Promise<QueuedRun | undefined> {
  const actor = JSON.stringify(run.actor)
  const pullRequest = pullRequestOf(run.overrides) ?? null
  const orchestrator = orchestratorOf(run.cause)
  const { rows } = await sql<RunRow & { job: JobJson; blocked_by: number[] }>`${prepared}
    with new_run as (
      insert into runs (
        account_id, project_id, environment_id, job_id, cause, cause_category, overrides, retrying_run_id, upstream_run_id,
        orchestrator, git_branch, serial_key, slot_exempt, triggered_by
      )
      select
        jobs.account_id, jobs.project_id, jobs.environment_id, jobs.id, ${run.cause}, ${run.causeCategory},
        ${JSON.stringify(run.overrides)}::jsonb, ${run.retryingRunId ?? null}, ${run.upstreamRunId ?? null}::bigint,
        ${orchestrator === undefined ? null : JSON.stringify(orchestrator)}::jsonb, ${run.overrides.git_branch ?? null},
        case when jobs.job_type = 'ci' and ${pullRequest}::text is not null
          then 'job:' || jobs.id || '/pull-request:' || ${pullRequest}::text
          else 'job:' || jobs.id
        end,
        jobs.job_type = 'ci', ${actor}::jsonb
      from jobs
      where jobs.id = ${run.jobId} and ${isActive('jobs')}
        and (${run.accountId ?? null}::bigint is null or jobs.account_id = ${run.accountId ?? null}::bigint)
        and (cardinality(jobs.execute_steps) > 0 or ${(run.overrides.steps_override ?? []).length > 0})
        and (${codeOverrides(run.overrides).length === 0} or not ${isRunFromFolder})
        and ${hasRoom(run)}
      returning *
    ), lane as (
      insert into lanes (serial_key, account_id, environment_id, slot_exempt, head_run_id)
      select new_run.serial_key, new_run.account_id, new_run.environment_id, new_run.slot_exempt, new_run.id
      from new_run
      on conflict (serial_key) do update set
        head_run_id = least(lanes.head_run_id, excluded.head_run_id),
        environment_id = excluded.environment_id,
        slot_exempt = excluded.slot_exempt
    ), entry as (
      insert into audit_logs (account_id, actor, operation, method, project_id, target_id, context, status)
      select
        new_run.account_id, new_run.triggered_by, ${run.asked.operation}, ${run.asked.method},
        new_run.project_id, new_run.id,
        jsonb_build_object('job_id', new_run.job_id, 'cause_category', new_run.cause_category), ${sql.lit(outcomes.done)}
      from new_run
    )
    select new_run.*, row_to_json(jobs) as job, ${idsAheadOf('new_run')} as blocked_by
    from new_run join jobs on jobs.id = new_run.job_id
  `.execute(db)
  const [queued] = rows
  return queued && { ...queued, job: jobOfJson(queued.job) }
}

/** The locks are tried and not waited for: what was counted before would be true no longer. */
function hasRoom(run: NewRun): RawBuilder<boolean> {
  const { perJob = 0, perToken = 0 } = run.room ?? {}
  const locks = sql.join(
    Object.values(lockKeysOf(run)).map((key) => sql`pg_try_advisory_xact_lock_shared(${key})`),
    sql` and `,
  )
  return sql<boolean>`(${run.room === undefined} or (
    (${perJob}::int = 0 or ${waitingOfJob(perJob)} < ${perJob})
    and (${perToken}::int = 0 or ${waitingOfToken(tokenIdOf(run.actor), perToken)} < ${perToken})
    and ${locks}
  ))`
}

/** It is true when dbt runs the job in a folder as it is; a simulated run reads no code, so that any branch will do. */
const isRunFromFolder = sql<boolean>`exists (
  select from projects, environments
  where projects.id = jobs.project_id and projects.path is not null
    and environments.id = jobs.environment_id and coalesce(jobs.engine, environments.engine) = 'dbt'
)`
