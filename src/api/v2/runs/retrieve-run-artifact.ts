import { z } from 'zod'
import { NotFoundError } from '../../../domain/errors.ts'
import { findRun } from '../../../runs/run-queries.ts'
import { bodyInt } from '../../inputs/body-fields.ts'
import { pathId, pathTail } from '../../inputs/list-query.ts'
import { queryInt } from '../../inputs/query-fields.ts'
import { operation } from '../../operation.ts'
import { replyWithArtifact } from '../../reply-with-artifact.ts'

export const retrieveRunArtifact = operation({
  operationId: 'Retrieve Run Artifact',
  method: 'get',
  path: '/api/v2/accounts/:account_id/runs/:run_id/artifacts/*path',
  permission: 'jobs:read',
  params: z.object({ account_id: pathId, run_id: pathId, path: pathTail }),
  query: z.object({ step: queryInt(1) }),
  // Dagster names the step in the body of its GET.
  body: z.object({ step: bodyInt(1) }),
  async handler(ctx, { params, query, body }) {
    const run = await findRun(ctx.db, params.account_id, params.run_id)
    if (run === undefined) throw new NotFoundError(`There is no run ${params.run_id} in account ${params.account_id}.`)
    return replyWithArtifact(ctx, { runId: run.id, path: params.path, step: query.step ?? body.step })
  },
})
