import * as z from 'zod'
import { listArtifactPaths } from '../../runs/artifact-queries.ts'
import { operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { bodyInt } from '../inputs/body-values.ts'
import { pathId } from '../inputs/list-query.ts'
import { stepIndex } from '../inputs/query-fields.ts'
import { findRunOrThrow } from '../runs/find-run-or-throw.ts'

export const listRunArtifacts = operation({
  operationId: 'List Run Artifacts',
  method: 'get',
  path: '/api/v2/accounts/:account_id/runs/:run_id/artifacts/',
  permission: 'runs:read',
  params: z.object({ account_id: pathId, run_id: pathId }),
  query: z.object({ step: stepIndex }),
  // Dagster names the step in the body of its GET.
  body: z.object({ step: bodyInt(1) }),
  async handler(ctx, { params, query, body }) {
    const run = await findRunOrThrow(ctx, params)
    return ok(await listArtifactPaths(ctx.db, run.id, query.step ?? body.step))
  },
})
