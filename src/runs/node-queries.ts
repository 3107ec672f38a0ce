import { type Selectable, type SqlBool, sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { NodesTable, RunNodeRow } from '../db/schema/nodes.ts'

export interface RunNode extends RunNodeRow, Omit<Selectable<NodesTable>, 'id' | 'project_id' | 'digest'> {}

export interface NodeFilters {
  readonly step?: number | undefined
  readonly statuses?: readonly string[] | undefined
  readonly resourceTypes?: readonly string[] | undefined
  /** It is a part of the unique id. */
  readonly text?: string | undefined
}

/** Says where a page ends: the node is the last of it. */
export interface NodeCursor {
  readonly step: number
  readonly nodeId: number
}

export interface NodePage {
  readonly nodes: readonly RunNode[]
  /** Says where the next page begins; undefined after the last. */
  readonly next: NodeCursor | undefined
  /** Says how many nodes of the run, with the filters but that for the status, have each status. */
  readonly counts: Readonly<Record<string, number>>
}

/** The nodes of a run by step, and in a step as the project got to know them. */
export async function listRunNodes(
  db: Db,
  runId: number,
  filters: NodeFilters,
  { after, limit }: { readonly after?: NodeCursor | undefined; readonly limit: number },
): Promise<NodePage> {
  const [rows, counts] = await Promise.all([
    nodesOf(db, runId, filters)
      .selectAll('run_nodes')
      .select(['unique_id', 'name', 'resource_type', 'package_name', 'path', 'group_name', 'owner', 'tags'])
      .$if(after !== undefined, (query) =>
        query.where(sql<SqlBool>`(run_nodes.step_index, run_nodes.node_id) > (${after?.step}, ${after?.nodeId})`),
      )
      .orderBy('run_nodes.step_index')
      .orderBy('run_nodes.node_id')
      .limit(limit + 1)
      .execute(),
    nodesOf(db, runId, { ...filters, statuses: undefined })
      .select(['run_nodes.status', sql<number>`count(*)`.as('count')])
      .groupBy('run_nodes.status')
      .execute(),
  ])
  const nodes = rows.slice(0, limit)
  const last = rows.length > limit ? nodes.at(-1) : undefined
  return {
    nodes,
    next: last && { step: last.step_index, nodeId: last.node_id },
    counts: Object.fromEntries(counts.map(({ status, count }) => [status, Number(count)])),
  }
}

function nodesOf(db: Db, runId: number, { step, statuses, resourceTypes, text }: NodeFilters) {
  return db
    .selectFrom('run_nodes')
    .innerJoin('nodes', 'nodes.id', 'run_nodes.node_id')
    .where('run_nodes.run_id', '=', runId)
    .$if(step !== undefined, (query) => query.where('run_nodes.step_index', '=', step ?? 0))
    .$if(statuses !== undefined, (query) => query.where('run_nodes.status', 'in', statuses ?? []))
    .$if(resourceTypes !== undefined, (query) => query.where('nodes.resource_type', 'in', resourceTypes ?? []))
    .$if(text !== undefined, (query) =>
      query.where(sql<SqlBool>`position(lower(${text}) in lower(nodes.unique_id)) > 0`),
    )
}
