import type { Db } from '../../db/database.ts'
import { databaseNow } from '../../db/database-now.ts'
import type { RunNodeRow } from '../../db/schema/nodes.ts'
import type { RunStepRow } from '../../db/schema/run-steps.ts'
import { groupBy } from '../../util/objects/group-by.ts'
import { findSteps } from '../step-queries.ts'
import { measureNodes, type StepMetrics } from './measure-nodes.ts'

export interface TimelineNode
  extends Pick<
    RunNodeRow,
    'step_index' | 'status' | 'thread' | 'started_at' | 'finished_at' | 'ready_at' | 'seconds' | 'is_critical'
  > {
  readonly unique_id: string
  readonly name: string
  readonly resource_type: string
  readonly path: string | null
}

export interface TimelineStep {
  readonly step: RunStepRow
  readonly nodes: readonly TimelineNode[]
  readonly metrics: StepMetrics
}

export interface Timeline {
  readonly steps: readonly TimelineStep[]
  /** Nodes that are in no step, since there are more than can be shown. */
  readonly hasMoreNodes: boolean
}

/** The largest projects have some 20,000 nodes. */
const mostNodes = 20_000

/** When each step and each of its nodes ran, in the order of their starts. */
export async function readTimeline(db: Db, runId: number, step: number | undefined): Promise<Timeline> {
  const [steps, rows, now] = await Promise.all([findSteps(db, [runId]), findNodes(db, runId, step), databaseNow(db)])
  const byStep = groupBy(rows.slice(0, mostNodes), (node) => node.step_index)
  const shown = steps.filter(({ index }) => step === undefined || index === step)
  return {
    steps: shown.map((each) => {
      const own = byStep.get(each.index) ?? []
      return { step: each, nodes: own, metrics: measureNodes(own, now) }
    }),
    hasMoreNodes: rows.length > mostNodes,
  }
}

async function findNodes(db: Db, runId: number, step: number | undefined): Promise<TimelineNode[]> {
  return db
    .selectFrom('run_nodes')
    .innerJoin('nodes', 'nodes.id', 'run_nodes.node_id')
    .select(['step_index', 'status', 'thread', 'started_at', 'finished_at', 'ready_at', 'seconds', 'is_critical'])
    .select(['unique_id', 'name', 'resource_type', 'path'])
    .where('run_id', '=', runId)
    .$if(step !== undefined, (query) => query.where('step_index', '=', step ?? 0))
    .orderBy('started_at', (order) => order.asc().nullsLast())
    .orderBy('node_id')
    .limit(mostNodes + 1)
    .execute()
}
