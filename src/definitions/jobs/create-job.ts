import type { Db } from '../../db/database.ts'
import { databaseNow } from '../../db/database-now.ts'
import { assertIdIsFree, reserveIds } from '../../db/reserve-ids.ts'
import type { JobRow } from '../../db/schema/jobs.ts'
import type { CommandPolicy } from '../../domain/dbt-command/command-place.ts'
import type { GivenJobType, JobSettings } from '../../domain/job.ts'
import { assertRunnable } from './assert-runnable.ts'
import { assertJobReferences } from './job-references.ts'
import { writeJob } from './write-job.ts'

export interface NewJob {
  readonly accountId: number
  readonly projectId: number
  readonly environmentId: number
  /** Without a chosen id it gets the next one. */
  readonly id?: number | undefined
  readonly settings: JobSettings
  readonly givenType: GivenJobType | null
  /** The projects whose jobs and environments it may name; null: all. */
  readonly visibleProjects: readonly number[] | null
}

/** Throws InvalidRequestError for what could never run, an environment that is not the project's, and other wrong references. */
export async function createJob(ctx: { db: Db; policy: CommandPolicy }, job: NewJob): Promise<JobRow> {
  const { id, settings, environmentId } = job
  await assertRunnable(ctx, { environmentId, settings, before: undefined })
  if (id !== undefined) {
    await assertIdIsFree(ctx.db, 'jobs', id)
    await reserveIds(ctx.db, 'jobs', [id])
  }
  return await ctx.db.transaction().execute(async (tx) => {
    await assertJobReferences(tx, { ...job, jobId: id, before: undefined })
    return await writeJob(tx, { ...job, before: undefined, now: await databaseNow(tx) })
  })
}
