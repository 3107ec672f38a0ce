import type { Db } from '../db/database.ts'
import type { RunNodeRow } from '../db/schema/nodes.ts'
import type { RunStepRow } from '../db/schema/run-steps.ts'
import { findSteps } from './step-queries.ts'

export interface NodeTiming {
  readonly unique_id: string
  readonly status: string
  readonly started_at: string | null
  readonly completed_at: string | null
  readonly execution_time: number
  readonly thread_id: string | null
}

export interface StepTiming {
  readonly step: RunStepRow
  /** It is null when the step worked on no nodes. */
  readonly nodes: readonly NodeTiming[] | null
}

/** Says when each step of a run and each node within it ran, in the order of the nodes' starts. */
export async function readRunTiming(db: Db, runId: number): Promise<StepTiming[]> {
  const [steps, rows] = await Promise.all([
    findSteps(db, [runId]),
    db
      .selectFrom('run_nodes')
      .innerJoin('nodes', 'nodes.id', 'run_nodes.node_id')
      .select(['step_index', 'unique_id', 'status', 'started_at', 'finished_at', 'seconds', 'thread'])
      .where('run_id', '=', runId)
      .orderBy('started_at', (order) => order.asc().nullsLast())
      .orderBy('node_id')
      .execute(),
  ])
  return steps.map((step) => {
    const nodes = rows.filter(({ step_index }) => step_index === step.index).map(timingOf)
    return { step, nodes: nodes.length === 0 ? null : nodes }
  })
}

type Row = Pick<RunNodeRow, 'status' | 'started_at' | 'finished_at' | 'seconds' | 'thread'> & { unique_id: string }

function timingOf({ unique_id, status, started_at, finished_at, seconds, thread }: Row): NodeTiming {
  return {
    ...{ unique_id, status, thread_id: thread },
    started_at: started_at?.toISOString() ?? null,
    completed_at: finished_at?.toISOString() ?? null,
    execution_time: seconds ?? 0,
  }
}
