import * as z from 'zod'
import { NotFoundError } from '../../domain/errors.ts'
import { readTimeline, type TimelineNode, type TimelineStep } from '../../runs/timeline/read-timeline.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { stepIndex } from '../inputs/query-fields.ts'
import { partsOf } from '../presenters/runs/present-parts.ts'
import { isoInstant, nullable } from '../presenters/time/wire-dates.ts'
import type { components } from '../wire/stratus.generated.ts'
import { findRunOrThrow } from './find-run-or-throw.ts'

type Schemas = components['schemas']

export const retrieveRunTimeline = operation({
  operationId: 'Retrieve Run Timeline',
  method: 'get',
  path: '/api/stratus/v1/accounts/:account_id/runs/:run_id/timeline/',
  permission: 'runs:read',
  params: z.object({ account_id: pathId, run_id: pathId }),
  query: z.object({ step: stepIndex }),
  body: none,
  async handler(ctx, { params, query }) {
    const run = await findRunOrThrow(ctx, params)
    const { steps, hasMoreNodes } = await readTimeline(ctx.db, run.id, query.step)
    if (query.step !== undefined && steps.length === 0)
      throw new NotFoundError(`Run ${run.id} has no step ${query.step}.`)
    const timeline: Schemas['RunTimeline'] = {
      id: run.id,
      status: run.status,
      created_at: isoInstant(run.created_at),
      finished_at: nullable(isoInstant, run.finished_at),
      parts: partsOf(
        run,
        steps.map(({ step }) => step),
        firstNodeOf(steps),
      ),
      steps: steps.map(presentStep),
      has_more_nodes: hasMoreNodes,
    }
    return ok(timeline)
  },
})

/** The step whose nodes come first, and when. */
function firstNodeOf(steps: readonly TimelineStep[]) {
  return steps.find(({ metrics }) => metrics.first_node_at !== null)
}

function presentStep({ step, nodes, metrics }: TimelineStep): Schemas['TimelineStep'] {
  return {
    index: step.index,
    kind: step.kind,
    name: step.name,
    status: step.status,
    started_at: nullable(isoInstant, step.started_at),
    finished_at: nullable(isoInstant, step.finished_at),
    metrics: {
      ...metrics,
      first_node_at: nullable(isoInstant, metrics.first_node_at),
      last_node_at: nullable(isoInstant, metrics.last_node_at),
    },
    nodes: nodes.map(presentNode),
  }
}

function presentNode({ step_index: _, ...node }: TimelineNode): Schemas['TimelineNode'] {
  return {
    ...node,
    started_at: nullable(isoInstant, node.started_at),
    finished_at: nullable(isoInstant, node.finished_at),
    ready_at: nullable(isoInstant, node.ready_at),
  }
}
