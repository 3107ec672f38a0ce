import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { RunRow } from '../../db/schema/runs.ts'
import { isFinalStatus } from '../../domain/runs/run-status.ts'

export type HistoryRun = Pick<
  RunRow,
  | 'id'
  | 'status'
  | 'created_at'
  | 'started_at'
  | 'finished_at'
  | 'git_branch'
  | 'git_sha'
  | 'node_counts'
  | 'orchestrator'
>

interface NamedNode {
  readonly unique_id: string
  readonly name: string
  readonly resource_type: string
}

export interface SlowNode extends NamedNode {
  readonly average_seconds: number
  readonly max_seconds: number
  readonly runs: number
}

export interface FlakyNode extends NamedNode {
  /** How often it began to fail. */
  readonly times_broken: number
  readonly failed_runs: number
  readonly last_failed_run_id: number
}

export interface JobHistory {
  /** The newest comes first. */
  readonly runs: readonly HistoryRun[]
  readonly slowest: readonly SlowNode[]
  /** So many of the runs the slowest nodes are of. */
  readonly runsOfSlowest: number
  readonly flakiest: readonly FlakyNode[]
}

const mostNodes = 10

/** So many results of nodes are looked at, whatever a run has: of as many of the newest runs as this allows. */
const mostResults = 20_000
const mostRunsWithNodes = 20

export async function readJobHistory(db: Db, jobId: number, mostRuns: number): Promise<JobHistory> {
  const runs = await db
    .selectFrom('runs')
    .select(['id', 'status', 'created_at', 'started_at', 'finished_at', 'git_branch', 'git_sha'])
    .select(['node_counts', 'orchestrator'])
    .where('job_id', '=', jobId)
    .orderBy('id', 'desc')
    .limit(mostRuns)
    .execute()
  const withNodes = newestWithNodes(runs)
  const [slowest, flakiest] = await Promise.all([
    findSlowest(db, withNodes),
    findFlakiest(
      db,
      runs.map(({ id }) => id),
    ),
  ])
  return { runs, slowest, runsOfSlowest: withNodes.length, flakiest }
}

function newestWithNodes(runs: readonly HistoryRun[]): number[] {
  const chosen: number[] = []
  let results = 0
  for (const { id, status, node_counts: counts } of runs) {
    if (!isFinalStatus(status) || counts === null) continue
    results += counts.success + counts.warn + counts.error + counts.skipped
    if (chosen.length > 0 && (results > mostResults || chosen.length === mostRunsWithNodes)) break
    chosen.push(id)
  }
  return chosen
}

async function findSlowest(db: Db, runIds: readonly number[]): Promise<SlowNode[]> {
  if (runIds.length === 0) return []
  const { rows } = await sql<SlowNode>`
    select nodes.unique_id, nodes.name, nodes.resource_type, slow.average_seconds, slow.max_seconds, slow.runs
    from (
      select run_nodes.node_id, avg(run_nodes.seconds) as average_seconds, max(run_nodes.seconds) as max_seconds,
        count(distinct run_nodes.run_id)::integer as runs
      from run_nodes
      join run_steps on run_steps.run_id = run_nodes.run_id and run_steps.index = run_nodes.step_index
        and run_steps.kind <> 'docs'
      where run_nodes.run_id = any(${runIds}::bigint[]) and run_nodes.seconds > 0
      group by run_nodes.node_id
      order by average_seconds desc, run_nodes.node_id
      limit ${sql.lit(mostNodes)}
    ) as slow
    join nodes on nodes.id = slow.node_id
    order by slow.average_seconds desc, slow.node_id
  `.execute(db)
  return rows
}

/** A node that is well between two failures is flakier than one that fails all the time. */
async function findFlakiest(db: Db, runIds: readonly number[]): Promise<FlakyNode[]> {
  if (runIds.length === 0) return []
  const { rows } = await sql<FlakyNode>`
    select nodes.unique_id, nodes.name, nodes.resource_type, flaky.times_broken, flaky.failed_runs, flaky.last_failed_run_id
    from (
      select run_failures.node_id, count(distinct run_failures.failing_since_run_id)::integer as times_broken,
        count(distinct run_failures.run_id)::integer as failed_runs, max(run_failures.run_id) as last_failed_run_id
      from run_failures
      where run_failures.run_id = any(${runIds}::bigint[])
      group by run_failures.node_id
      order by times_broken desc, failed_runs desc, run_failures.node_id
      limit ${sql.lit(mostNodes)}
    ) as flaky
    join nodes on nodes.id = flaky.node_id
    order by flaky.times_broken desc, flaky.failed_runs desc, flaky.node_id
  `.execute(db)
  return rows
}
