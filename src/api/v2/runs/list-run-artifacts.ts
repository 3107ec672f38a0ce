import { z } from 'zod'
import { NotFoundError } from '../../../domain/errors.ts'
import { listArtifactPaths } from '../../../runs/artifact-queries.ts'
import { findRun } from '../../../runs/run-queries.ts'
import { bodyInt } from '../../inputs/body-fields.ts'
import { pathId } from '../../inputs/list-query.ts'
import { queryInt } from '../../inputs/query-fields.ts'
import { operation } from '../../operation.ts'
import { ok } from '../../reply.ts'

export const listRunArtifacts = operation({
  operationId: 'List Run Artifacts',
  method: 'get',
  path: '/api/v2/accounts/:account_id/runs/:run_id/artifacts/',
  permission: 'jobs:read',
  params: z.object({ account_id: pathId, run_id: pathId }),
  query: z.object({ step: queryInt(1) }),
  // Dagster names the step in the body of its GET.
  body: z.object({ step: bodyInt(1) }),
  async handler(ctx, { params, query, body }) {
    const run = await findRun(ctx.db, params.account_id, params.run_id)
    if (run === undefined) throw new NotFoundError(`There is no run ${params.run_id} in account ${params.account_id}.`)
    return ok(await listArtifactPaths(ctx.db, run.id, query.step ?? body.step))
  },
})
