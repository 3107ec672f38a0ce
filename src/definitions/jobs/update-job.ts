import { isDeepStrictEqual } from 'node:util'
import type { Db } from '../../db/database.ts'
import { databaseNow } from '../../db/database-now.ts'
import type { JobRow } from '../../db/schema/jobs.ts'
import type { CommandPolicy } from '../../domain/dbt-command/command-place.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { type GivenJobType, type JobSettings, jobSettingsOf } from '../../domain/job.ts'
import { givenTypeOf } from '../../domain/job-derivations.ts'
import { activeState } from '../../domain/state.ts'
import { assertRunnable } from './assert-runnable.ts'
import { assertJobReferences, type Referring } from './job-references.ts'
import { writeJob } from './write-job.ts'

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
      .where('state', '=', activeState)
      .forUpdate()
      .executeTakeFirst()
    if (before === undefined) throw new NotFoundError(`There is no job ${jobId} in account ${accountId}.`)
    const { environmentId, settings, givenType } = change(before)
    const same =
      environmentId === before.environment_id &&
      givenType === givenTypeOf(before) &&
      isDeepStrictEqual(jobSettingsOf(settings), jobSettingsOf(before))
    if (same) return before
    await assertRunnable({ db: tx, policy: ctx.policy }, { environmentId, settings, before })
    const { project_id: projectId } = before
    const named = { accountId, projectId, environmentId, jobId, settings, before, visibleProjects }
    await assertJobReferences(tx, named)
    return await writeJob(tx, { ...named, givenType, now: await databaseNow(tx) })
  })
}
