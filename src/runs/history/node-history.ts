import { type Selectable, sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { allOf, equals, isOneOf } from '../../db/list-queries.ts'
import type { NodesTable, RunNodeRow } from '../../db/schema/nodes.ts'
import type { RunRow } from '../../db/schema/runs.ts'
import type { Scope } from '../../util/paging.ts'

export type KnownNode = Omit<Selectable<NodesTable>, 'digest'>

export interface NodeResult
  extends Pick<
      RunNodeRow,
      | 'step_index'
      | 'status'
      | 'started_at'
      | 'finished_at'
      | 'seconds'
      | 'failures'
      | 'rows_affected'
      | 'message'
      | 'is_critical'
    >,
    Pick<RunRow, 'job_id' | 'environment_id' | 'git_branch' | 'git_sha'> {
  readonly run_id: number
  readonly run_status: RunRow['status']
  readonly created_at: Date
}

export interface NodeHistoryFilters {
  readonly jobId?: number | undefined
  readonly environmentId?: number | undefined
}

export interface NodeResults {
  /** The newest comes first. */
  readonly results: readonly NodeResult[]
  readonly nextBefore: number | null
}

/** So many results are looked at for a page, however few of them are of the job that is asked for. */
const mostScanned = 2_000

/** The nodes of this id in the projects that may be seen: several projects may have one. */
export async function findNodesById(
  db: Db,
  { accountId, projectIds }: Scope,
  uniqueId: string,
  projectId: number | undefined,
): Promise<KnownNode[]> {
  const where = allOf([
    sql<boolean>`nodes.unique_id = ${uniqueId}`,
    sql<boolean>`nodes.project_id in (select projects.id from projects where projects.account_id = ${accountId})`,
    projectIds !== null && isOneOf('nodes.project_id', projectIds),
    equals('nodes.project_id', projectId),
  ])
  return db
    .selectFrom('nodes')
    .select(['id', 'project_id', 'unique_id', 'name', 'resource_type', 'package_name', 'path', 'group_name', 'owner'])
    .select('tags')
    .where(where)
    .orderBy('project_id')
    .limit(20)
    .execute()
}

/** Reads the last results of a node, of all steps. A page that is short is not the last where it says how to go on. */
export async function readNodeHistory(
  db: Db,
  nodeId: number,
  { jobId, environmentId }: NodeHistoryFilters,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<NodeResults> {
  const newest = sql`
    select run_nodes.* from run_nodes
    where run_nodes.node_id = ${nodeId} and run_nodes.run_id < ${before ?? Number.MAX_SAFE_INTEGER}
    order by run_nodes.run_id desc
    limit ${sql.lit(mostScanned)}`
  const filter = allOf([sql<boolean>`true`, equals('runs.job_id', jobId), equals('runs.environment_id', environmentId)])
  const { rows } = await sql<NodeResult>`
    select newest.run_id, newest.step_index, newest.status, newest.started_at, newest.finished_at, newest.seconds,
      newest.failures, newest.rows_affected, newest.message, newest.is_critical, runs.job_id, runs.environment_id,
      runs.git_branch, runs.git_sha, runs.status as run_status, runs.created_at
    from (${newest}) as newest
    join runs on runs.id = newest.run_id
    where ${filter}
    order by newest.run_id desc, newest.step_index
    limit ${limit + 1}
  `.execute(db)
  if (rows.length > limit) return cutBetweenRuns(rows, limit)
  const { rows: edge } = await sql<{ floor: number | null }>`
    select min(newest.run_id) as floor from (${newest}) as newest having count(*) = ${sql.lit(mostScanned)}
  `.execute(db)
  return { results: rows, nextBefore: edge[0]?.floor ?? null }
}

/** A page goes on before a run: what it has of the last one may be a part only, unless that is all there is. */
function cutBetweenRuns(rows: readonly NodeResult[], limit: number): NodeResults {
  const next = rows[limit]?.run_id
  const whole = rows.slice(0, limit).filter(({ run_id }) => run_id !== next)
  const results = whole.length === 0 ? rows.slice(0, limit) : whole
  return { results, nextBefore: results.at(-1)?.run_id ?? null }
}
