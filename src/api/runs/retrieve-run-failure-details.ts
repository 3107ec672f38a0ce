import * as z from 'zod'
import { NotFoundError } from '../../domain/errors.ts'
import { retryabilityOfOne } from '../../runs/retryability.ts'
import { findSteps } from '../../runs/step-queries.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { findRunOrThrow } from './find-run-or-throw.ts'

export const retrieveRunFailureDetails = operation({
  operationId: 'Retrieve Run Failure Details',
  method: 'get',
  path: '/api/v2/accounts/:account_id/runs/:run_id/retry/',
  permission: 'runs:read',
  params: z.object({ account_id: pathId, run_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { params }) {
    const run = await findRunOrThrow(ctx, params)
    const { canRetry, reason } = await retryabilityOfOne(ctx.db, run)
    const steps = canRetry ? await findSteps(ctx.db, [run.id]) : []
    const failed = steps.find((step) => step.status === 'error' && step.kind === 'command')
    if (failed === undefined)
      throw new NotFoundError(`Run ${run.id} cannot be retried: ${reason ?? 'no failed command'}.`)
    return ok({
      failed_step: failed.name,
      skipped_steps: steps.filter((step) => step.status === 'skipped').map((step) => step.name),
    })
  },
})
