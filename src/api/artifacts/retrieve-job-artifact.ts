import * as z from 'zod'
import { NotFoundError } from '../../domain/errors.ts'
import { findLatestSuccessfulRunId } from '../../runs/run-queries.ts'
import { operation } from '../http/operation.ts'
import { bodyInt } from '../inputs/body-values.ts'
import { pathId, pathTail } from '../inputs/list-query.ts'
import { stepIndex } from '../inputs/query-fields.ts'
import { replyWithArtifact } from './reply-with-artifact.ts'

export const retrieveJobArtifact = operation({
  operationId: 'Retrieve Job Artifact',
  method: 'get',
  path: '/api/v2/accounts/:account_id/jobs/:job_id/artifacts/*path',
  permission: 'runs:read',
  params: z.object({ account_id: pathId, job_id: pathId, path: pathTail }),
  query: z.object({ step: stepIndex }),
  body: z.object({ step: bodyInt(1) }),
  async handler(ctx, { params, query, body }) {
    const runId = await findLatestSuccessfulRunId(ctx.db, params.account_id, params.job_id)
    if (runId === undefined) throw new NotFoundError(`Job ${params.job_id} has no successful run.`)
    return replyWithArtifact(ctx, { runId, path: params.path, step: query.step ?? body.step })
  },
})
