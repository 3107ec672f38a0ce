import * as z from 'zod'
import { InvalidRequestError, NotFoundError } from '../../domain/errors.ts'
import { findNodesById, type KnownNode, type NodeResult, readNodeHistory } from '../../runs/history/node-history.ts'
import { durationOf } from '../../runs/history/summarize-runs.ts'
import { shorten } from '../../util/text/one-line.ts'
import { isStorable } from '../../util/text/storable-text.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { queryInt } from '../inputs/query-fields.ts'
import { isoInstant, nullable } from '../presenters/time/wire-dates.ts'
import type { components } from '../wire/stratus.generated.ts'

type Schemas = components['schemas']

const usualLimit = 30
const mostAtOnce = 100
const mostMessage = 300

export const retrieveNodeHistory = operation({
  operationId: 'Retrieve Node History',
  method: 'get',
  path: '/api/stratus/v1/accounts/:account_id/nodes/:unique_id/history/',
  permission: 'runs:read',
  params: z.object({ account_id: pathId, unique_id: z.string().refine(isStorable) }),
  query: z.object({
    project_id: queryInt(1),
    job_id: queryInt(1),
    environment_id: queryInt(1),
    before: queryInt(1),
    limit: queryInt(1, mostAtOnce),
  }),
  body: none,
  async handler(ctx, { params, query, access }) {
    const nodes = await findNodesById(ctx.db, access, params.unique_id, query.project_id)
    const node = onlyOne(nodes, params.unique_id)
    const filters = { jobId: query.job_id, environmentId: query.environment_id }
    const paging = { before: query.before, limit: query.limit ?? usualLimit }
    const { results, nextBefore } = await readNodeHistory(ctx.db, node.id, filters, paging)
    const history: Schemas['NodeHistory'] = {
      node: presentNode(node),
      duration: durationOf(results.filter(isGood).flatMap(({ seconds }) => seconds ?? [])),
      results: results.map(presentResult),
      next_before: nextBefore,
    }
    return ok(history)
  },
})

function onlyOne(nodes: readonly KnownNode[], uniqueId: string): KnownNode {
  const [node, ...others] = nodes
  if (node === undefined) throw new NotFoundError(`No run has worked on a node ${shorten(uniqueId, 200)}.`)
  if (others.length === 0) return node
  const message = `Expected the id of a project, since several have this node: ${nodes.map(({ project_id }) => project_id).join(', ')}. Got none.`
  throw new InvalidRequestError(message, { fields: { project_id: message } })
}

const good = new Set(['success', 'pass', 'warn'])

function isGood({ status }: NodeResult): boolean {
  return good.has(status)
}

function presentNode({ id: _, group_name, tags, ...node }: KnownNode): Schemas['HistoryNode'] {
  return { ...node, group: group_name, tags: [...tags] }
}

function presentResult(result: NodeResult): Schemas['NodeResult'] {
  return {
    ...result,
    message: result.message === null ? null : shorten(result.message, mostMessage),
    created_at: isoInstant(result.created_at),
    started_at: nullable(isoInstant, result.started_at),
    finished_at: nullable(isoInstant, result.finished_at),
  }
}
