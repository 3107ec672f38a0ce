import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { databaseNow } from '../db/database-now.ts'
import { jobColumns } from '../db/job-columns.ts'
import type { JobRow } from '../db/schema.ts'
import type { CommandPolicy } from '../domain/dbt-command/command-place.ts'
import { NotFoundError } from '../domain/errors.ts'
import type { GivenJobType, JobSettings } from '../domain/job.ts'
import { givenTypeOf } from '../domain/job-derivations.ts'
import { assertRunnable } from './assert-runnable.ts'
import { assertJobReferences, type Referring } from './job-references.ts'

export interface JobChange {
  readonly environmentId: number
  readonly settings: JobSettings
  readonly givenType: GivenJobType | null
}

/** Changes an active job to what `change` makes of it; nothing is written when that is what it is already. */
export async function updateJob(
  ctx: { db: Db; policy: CommandPolicy },
  { accountId, jobId, visibleProjects }: Pick<Referring, 'accountId' | 'visibleProjects'> & { jobId: number },
  change: (job: JobRow) => JobChange,
): Promise<JobRow> {
  return await ctx.db.transaction().execute(async (tx) => {
    const before = await tx
      .selectFrom('jobs')
      .selectAll()
      .where('id', '=', jobId)
      .where('account_id', '=', accountId)
      .where('state', '=', 1)
      .forUpdate()
      .executeTakeFirst()
    if (before === undefined) throw new NotFoundError(`There is no job ${jobId} in account ${accountId}.`)
    const { environmentId, settings, givenType: given } = change(before)
    const same =
      environmentId === before.environment_id &&
      given === givenTypeOf(before) &&
      isDeepStrictEqual({ ...settings }, jobSettingsOf(before))
    if (same) return before
    await assertRunnable({ db: tx, policy: ctx.policy }, { environmentId, settings, before })
    const { project_id: projectId } = before
    const named = { accountId, projectId, environmentId, jobId, settings, before, visibleProjects }
    await assertJobReferences(tx, named)
    const columns = jobColumns(settings, { given, before, now: await databaseNow(tx) })
    return await tx
      .updateTable('jobs')
      .set({ ...columns, environment_id: environmentId, updated_at: sql<Date>`now()` })
      .where('id', '=', jobId)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
}

/** The settings of a job without the rest of its row. */
export function jobSettingsOf(job: JobRow): JobSettings {
  const {
    id: _id,
    account_id: _account,
    project_id: _project,
    environment_id: _environment,
    job_type: _type,
    schedule_cron: _cron,
    next_run_at: _nextRun,
    deactivated: _deactivated,
    run_failure_count: _failures,
    simulation: _simulation,
    state: _state,
    created_at: _created,
    updated_at: _updated,
    ...settings
  } = job
  return settings
}
