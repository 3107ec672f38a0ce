import * as z from 'zod'
import { listRunNodes as find, type NodeCursor, type RunNode } from '../../runs/node-queries.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { queryInt, queryText, queryTexts, stepIndex } from '../inputs/query-fields.ts'
import { isoInstant, nullable } from '../presenters/time/wire-dates.ts'
import type { components } from '../wire/stratus.generated.ts'
import { findRunOrThrow } from './find-run-or-throw.ts'

const usualLimit = 100
const mostAtOnce = 1_000

/** `STEP.NODE`, as the page before gave it. */
const cursor = queryText().transform((text, context): NodeCursor | undefined => {
  if (text === undefined) return undefined
  const [, step, nodeId] = /^(\d{1,9})\.(\d{1,15})$/.exec(text) ?? []
  if (step !== undefined && nodeId !== undefined) return { step: Number(step), nodeId: Number(nodeId) }
  context.addIssue({ code: 'custom', message: 'Expected the "next" of the page before, such as 4.123.' })
  return z.NEVER
})

export const listRunNodes = operation({
  operationId: 'List Run Nodes',
  method: 'get',
  path: '/api/stratus/v1/accounts/:account_id/runs/:run_id/nodes/',
  permission: 'runs:read',
  params: z.object({ account_id: pathId, run_id: pathId }),
  query: z.object({
    step: stepIndex,
    status: queryTexts(),
    resource_type: queryTexts(),
    q: queryText(),
    after: cursor,
    limit: queryInt(1, mostAtOnce),
  }),
  body: none,
  async handler(ctx, { params, query }) {
    const run = await findRunOrThrow(ctx, params)
    const { nodes, next, counts } = await find(
      ctx.db,
      run.id,
      { step: query.step, statuses: query.status, resourceTypes: query.resource_type, text: query.q },
      { after: query.after, limit: query.limit ?? usualLimit },
    )
    const page: components['schemas']['RunNodes'] = {
      nodes: nodes.map(presentNode),
      counts,
      next: next === undefined ? null : `${next.step}.${next.nodeId}`,
    }
    return ok(page)
  },
})

function presentNode({ run_id, node_id, group_name, tags, ...node }: RunNode): components['schemas']['RunNode'] {
  return {
    ...node,
    group: group_name,
    tags: [...tags],
    started_at: nullable(isoInstant, node.started_at),
    finished_at: nullable(isoInstant, node.finished_at),
    ready_at: nullable(isoInstant, node.ready_at),
  }
}
