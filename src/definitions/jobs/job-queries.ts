import type { Db } from '../../db/database.ts'
import { allOf, containsText, equals, inOrder, isInScope, isOneOf, readPage } from '../../db/list-queries.ts'
import type { JobRow } from '../../db/schema/jobs.ts'
import { activeState } from '../../domain/state.ts'
import type { PageOf, Paging, Scope } from '../../util/paging.ts'

export type JobRecord = JobRow

export interface JobFilter {
  readonly ids?: readonly number[] | undefined
  readonly projectIds?: readonly number[] | undefined
  readonly environmentId?: number | undefined
  readonly nameContains?: string | undefined
  readonly dbtVersions?: readonly string[] | undefined
  readonly triggersSchedule?: boolean | undefined
  /** The state is 1 for active and 2 for deleted. */
  readonly state?: 1 | 2 | undefined
}

export type JobOrder = 'id' | 'name' | 'created_at' | 'updated_at' | 'project_id' | 'environment_id'

/** Finds an active job; a deleted one is only reached through its runs. */
export async function findJob(db: Db, accountId: number, jobId: number): Promise<JobRecord | undefined> {
  return db
    .selectFrom('jobs')
    .selectAll()
    .where('id', '=', jobId)
    .where('account_id', '=', accountId)
    .where('state', '=', activeState)
    .executeTakeFirst()
}

/** Jobs by id, deleted ones too: their runs stay readable. */
export async function findJobsByIds(db: Db, ids: readonly number[]): Promise<JobRecord[]> {
  return db.selectFrom('jobs').selectAll().where(isOneOf('jobs.id', ids)).execute()
}

export async function listJobs(
  db: Db,
  scope: Scope,
  filter: JobFilter,
  { limit, offset, ordering }: Paging<JobOrder>,
): Promise<PageOf<JobRecord>> {
  const where = allOf([
    isInScope('jobs', 'project_id', scope),
    isOneOf('jobs.id', filter.ids),
    isOneOf('jobs.project_id', filter.projectIds),
    equals('jobs.environment_id', filter.environmentId),
    containsText('jobs.name', filter.nameContains),
    isOneOf('jobs.dbt_version', filter.dbtVersions),
    equals('jobs.trigger_schedule', filter.triggersSchedule),
    equals('jobs.state', filter.state),
  ])
  const order = inOrder('jobs', ordering)
  const query = db.selectFrom('jobs').selectAll('jobs')
  return readPage(db, query, { table: 'jobs', where, order, limit, offset })
}

/** It is that of a deleted job, too, so that its artifacts stay where they were. */
export async function findProjectOfJob(db: Db, accountId: number, jobId: number): Promise<number | undefined> {
  const job = await db
    .selectFrom('jobs')
    .select('project_id')
    .where('id', '=', jobId)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  return job?.project_id
}
