import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { RunRow } from '../db/schema/runs.ts'
import type { NodeCounts } from '../domain/runs/node-counts.ts'

/** Counts the nodes of each run by what became of them so far: a run that is over has the counts written down. */
export async function findNodeCounts(
  db: Db,
  runs: readonly Pick<RunRow, 'id' | 'status' | 'started_at' | 'released_at' | 'node_counts'>[],
): Promise<ReadonlyMap<number, NodeCounts>> {
  const live = runs.filter(({ started_at, released_at }) => started_at !== null && released_at === null)
  const counted =
    live.length === 0
      ? []
      : (
          await sql<{ id: number; counts: NodeCounts | null }>`
            select id, count_nodes(id, false) as counts from unnest(${live.map(({ id }) => id)}::bigint[]) as run (id)
          `.execute(db)
        ).rows
  const known = runs.map(({ id, node_counts }) => ({ id, counts: node_counts }))
  return new Map([...known, ...counted].flatMap(({ id, counts }) => (counts === null ? [] : [[id, counts]])))
}
