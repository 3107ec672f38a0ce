import type { Db } from '../db/database.ts'
import {
  allOf,
  equals,
  inOrder,
  isGreater,
  isInScope,
  isOneOf,
  isOneOfOrNull,
  isWithin,
  readPage,
} from '../db/list-queries.ts'
import type { RunRow } from '../db/schema/runs.ts'
import { isFinalStatus, type RunStatus } from '../domain/runs/run-status.ts'
import type { InstantRange, PageOf, Paging, Scope } from '../util/paging.ts'
import { knownFinishedRun, rememberFinishedRun } from './finished-runs.ts'

export type RunRecord = RunRow

export interface RunFilter {
  readonly ids?: readonly number[] | undefined
  readonly idAfter?: number | undefined
  readonly jobId?: number | undefined
  readonly environmentId?: number | undefined
  readonly projectIds?: readonly number[] | undefined
  readonly statuses?: readonly RunStatus[] | undefined
  /** Null means runs that had none yet. */
  readonly dbtVersions?: readonly (string | null)[] | undefined
  readonly hasDocsGenerated?: boolean | undefined
  readonly hasSourcesGenerated?: boolean | undefined
  readonly created?: InstantRange | undefined
  readonly finished?: InstantRange | undefined
}

export type RunOrder = 'id' | 'created_at' | 'finished_at' | 'started_at' | 'updated_at' | 'status'

export async function findRun(db: Db, accountId: number, runId: number): Promise<RunRecord | undefined> {
  const finished = knownFinishedRun(db, accountId, runId)
  if (finished !== undefined) return finished
  const run = await db
    .selectFrom('runs')
    .selectAll()
    .where('id', '=', runId)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  if (run !== undefined) rememberFinishedRun(db, run)
  return run
}

export async function listRuns(
  db: Db,
  scope: Scope,
  filter: RunFilter,
  { limit, offset, ordering }: Paging<RunOrder>,
): Promise<PageOf<RunRecord>> {
  const where = allOf([
    isInScope('runs', 'project_id', scope),
    isOneOf('runs.id', filter.ids),
    isGreater('runs.id', filter.idAfter),
    equals('runs.job_id', filter.jobId),
    equals('runs.environment_id', filter.environmentId),
    isOneOf('runs.project_id', filter.projectIds),
    isOneOf('runs.status', filter.statuses),
    isOneOfOrNull('runs.dbt_version', filter.dbtVersions),
    equals('runs.has_docs_generated', filter.hasDocsGenerated),
    equals('runs.has_sources_generated', filter.hasSourcesGenerated),
    isWithin('runs.created_at', filter.created),
    isWithin('runs.finished_at', filter.finished),
  ])
  const order = inOrder('runs', ordering, { neverNull: ordering.column === 'finished_at' && allHaveEnded(filter) })
  const query = db.selectFrom('runs').selectAll('runs')
  return readPage(db, query, { table: 'runs', where, order, limit, offset })
}

/**
 * If only runs with a `finished_at` can match, an index without an opinion on nulls serves. That of a job has
 * one: live runs last, as its clients ask for them.
 */
function allHaveEnded({ jobId, finished, statuses }: RunFilter): boolean {
  if (jobId !== undefined) return false
  return finished !== undefined || (statuses?.every(isFinalStatus) ?? false)
}

export async function findProjectOfRun(db: Db, accountId: number, runId: number): Promise<number | undefined> {
  const finished = knownFinishedRun(db, accountId, runId)
  if (finished !== undefined) return finished.project_id
  const run = await db
    .selectFrom('runs')
    .select('project_id')
    .where('id', '=', runId)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  return run?.project_id
}

export async function findLatestSuccessfulRunId(db: Db, accountId: number, jobId: number): Promise<number | undefined> {
  const run = await db
    .selectFrom('runs')
    .select('id')
    .where('job_id', '=', jobId)
    .where('account_id', '=', accountId)
    .where('status', '=', 'success')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return run?.id
}

/** Finds for each job the id of its newest run, and of its newest ended one. */
export async function findMostRecentRuns(
  db: Db,
  jobIds: readonly number[],
): Promise<{ job_id: number; latest: number; latestEnded: number | null }[]> {
  return db
    .selectFrom('runs')
    .select((eb) => [
      'job_id',
      eb.fn.max('id').as('latest'),
      eb.fn.max('id').filterWhere('finished_at', 'is not', null).as('latestEnded'),
    ])
    .where(isOneOf('runs.job_id', jobIds))
    .groupBy('job_id')
    .execute()
}

/** The runs that retry one of these, the oldest first. */
export async function findRetriesOf(db: Db, ids: readonly number[]): Promise<RunRecord[]> {
  return db.selectFrom('runs').selectAll().where(isOneOf('runs.retrying_run_id', ids)).orderBy('id').execute()
}

export async function findRunsByIds(db: Db, ids: readonly number[]): Promise<RunRecord[]> {
  return db.selectFrom('runs').selectAll().where(isOneOf('runs.id', ids)).execute()
}
