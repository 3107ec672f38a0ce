import { type Selectable, type SqlBool, sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { NodesTable, RunFailuresTable, RunNodeRow } from '../db/schema/nodes.ts'
import type { RunRow } from '../db/schema/runs.ts'

export interface FailedNode
  extends Pick<RunNodeRow, 'step_index' | 'status' | 'message' | 'failures'>,
    Pick<Selectable<NodesTable>, 'unique_id' | 'name' | 'resource_type' | 'path' | 'group_name' | 'owner'> {
  /** Null for what is known only when dbt, or the run, has ended. */
  readonly facts: Omit<Selectable<RunFailuresTable>, 'run_id' | 'step_index' | 'node_id'> | null
  readonly failing_since: Date | null
}

/** The first failures of a run by the time of their ends. Of a run that is over they are written down apart from other nodes. */
export async function findFailedNodes(
  db: Db,
  run: Pick<RunRow, 'id' | 'released_at'>,
  most: number,
): Promise<FailedNode[]> {
  const isOver = run.released_at !== null
  const { rows } = await sql<Omit<FailedNode, 'facts'> & NonNullable<FailedNode['facts']> & { is_known: boolean }>`
    select run_nodes.step_index, run_nodes.status, run_nodes.message, run_nodes.failures, nodes.unique_id, nodes.name,
      nodes.resource_type, nodes.path, nodes.group_name, nodes.owner, run_failures.line, run_failures.compiled_path,
      run_failures.excerpt, run_failures.skipped, run_failures.exposures, run_failures.exposure_count,
      run_failures.failing_since_run_id, run_failures.failing_runs, run_failures.last_good_run_id,
      run_failures.run_id is not null as is_known,
      (select first.created_at from runs as first where first.id = run_failures.failing_since_run_id) as failing_since
    from run_nodes
    join nodes on nodes.id = run_nodes.node_id
    ${isOver ? sql`join` : sql`left join`} run_failures on run_failures.run_id = run_nodes.run_id
      and run_failures.step_index = run_nodes.step_index and run_failures.node_id = run_nodes.node_id
    where run_nodes.run_id = ${run.id} and ${isOver ? ofTheRun(run.id) : sql<SqlBool>`node_outcome(run_nodes.status) = 'error'`}
    order by run_nodes.finished_at nulls last, run_nodes.step_index, run_nodes.node_id
    limit ${most}
  `.execute(db)
  return rows.map(({ is_known, line, compiled_path, excerpt, skipped, exposures, exposure_count, ...row }) => {
    const { failing_since_run_id, failing_runs, last_good_run_id, ...node } = row
    const streak = { failing_since_run_id, failing_runs, last_good_run_id }
    const facts = { line, compiled_path, excerpt, skipped, exposures, exposure_count, ...streak }
    return { ...node, facts: is_known ? facts : null }
  })
}

/** Said twice, so that the few failures are read first, and not the thousands of nodes. */
function ofTheRun(id: number) {
  return sql<SqlBool>`run_failures.run_id = ${id}`
}
