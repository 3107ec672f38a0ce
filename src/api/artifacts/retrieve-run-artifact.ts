import * as z from 'zod'
import { operation } from '../http/operation.ts'
import { bodyInt } from '../inputs/body-values.ts'
import { pathId, pathTail } from '../inputs/list-query.ts'
import { stepIndex } from '../inputs/query-fields.ts'
import { findRunOrThrow } from '../runs/find-run-or-throw.ts'
import { replyWithArtifact } from './reply-with-artifact.ts'

export const retrieveRunArtifact = operation({
  operationId: 'Retrieve Run Artifact',
  method: 'get',
  path: '/api/v2/accounts/:account_id/runs/:run_id/artifacts/*path',
  permission: 'runs:read',
  params: z.object({ account_id: pathId, run_id: pathId, path: pathTail }),
  query: z.object({ step: stepIndex }),
  // Dagster names the step in the body of its GET.
  body: z.object({ step: bodyInt(1) }),
  async handler(ctx, { params, query, body }) {
    const run = await findRunOrThrow(ctx, params)
    return replyWithArtifact(ctx, { runId: run.id, path: params.path, step: query.step ?? body.step })
  },
})
