import { sql } from 'kysely'
import type { Db, Tx } from '../db/database.ts'
import type { RunRow } from '../db/schema.ts'
import { type CauseCategory, pullRequestOf, type TriggerOverrides } from '../domain/trigger.ts'

export interface NewRun {
  readonly jobId: number
  readonly cause: string
  readonly causeCategory: CauseCategory
  readonly overrides: TriggerOverrides
  readonly retryingRunId?: number
}

/**
 * Puts a run of an active job into the queue: run, trigger and lane in one statement, so that a single commit,
 * and no lock held across round trips, is all that a trigger costs. Undefined when the job is gone.
 *
 * The serial key decides what may not overlap: the job, or for a CI job the job and its pull request.
 */
export async function insertRun(db: Db | Tx, run: NewRun): Promise<RunRow | undefined> {
  const pullRequest = pullRequestOf(run.overrides) ?? null
  const { rows } = await sql<RunRow>`
    with new_run as (
      insert into runs (
        account_id, project_id, environment_id, job_id, cause, cause_category, overrides, retrying_run_id,
        git_branch, serial_key, slot_exempt
      )
      select
        jobs.account_id, jobs.project_id, jobs.environment_id, jobs.id, ${run.cause}, ${run.causeCategory},
        ${JSON.stringify(run.overrides)}::jsonb, ${run.retryingRunId ?? null}, ${run.overrides.git_branch ?? null},
        case when jobs.job_type = 'ci' and ${pullRequest}::text is not null
          then 'job:' || jobs.id || '/pull-request:' || ${pullRequest}::text
          else 'job:' || jobs.id
        end,
        jobs.job_type = 'ci'
      from jobs
      where jobs.id = ${run.jobId} and jobs.state = 1
      returning *
    ), lane as (
      insert into lanes (serial_key, account_id, environment_id, slot_exempt, head_run_id)
      select new_run.serial_key, new_run.account_id, new_run.environment_id, new_run.slot_exempt, new_run.id
      from new_run
      on conflict (serial_key) do update set
        head_run_id = least(lanes.head_run_id, excluded.head_run_id),
        environment_id = excluded.environment_id,
        slot_exempt = excluded.slot_exempt
    )
    select * from new_run
  `.execute(db)
  return rows[0]
}
