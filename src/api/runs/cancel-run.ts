import * as z from 'zod'
import { cancelRun as cancel } from '../../runs/cancel-run.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { loadRun, type RunIncludes } from './load-runs.ts'

/** Clients that stop a run read its job and trigger without asking for them. */
const changedRunIncludes: RunIncludes = new Set(['trigger', 'job'])

export const cancelRun = operation({
  operationId: 'Cancel Run',
  method: 'post',
  path: '/api/v2/accounts/:account_id/runs/:run_id/cancel/',
  permission: 'runs:trigger',
  audited: 'by-use-case',
  params: z.object({ account_id: pathId, run_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { params, actor, asked }) {
    const run = await cancel(ctx, { accountId: params.account_id, runId: params.run_id, actor, asked })
    return ok(await loadRun(ctx, run, changedRunIncludes))
  },
})
