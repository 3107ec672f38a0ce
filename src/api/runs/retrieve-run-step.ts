import * as z from 'zod'
import { NotFoundError } from '../../domain/errors.ts'
import { readStepWithLogs } from '../../runs/run-log.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { includeRelated } from '../inputs/query-fields.ts'
import { presentStep } from '../presenters/runs/present-step.ts'

export const retrieveRunStep = operation({
  operationId: 'Retrieve Run Step',
  method: 'get',
  path: '/api/v2/accounts/:account_id/steps/:step_id/',
  permission: 'runs:read',
  params: z.object({ account_id: pathId, step_id: pathId }),
  query: z.object({ include_related: includeRelated(['debug_logs']) }),
  body: none,
  async handler(ctx, { params, query }) {
    const step = await readStepWithLogs(
      ctx,
      { accountId: params.account_id, stepId: params.step_id },
      { debug: query.include_related.has('debug_logs') },
    )
    if (step === undefined) throw new NotFoundError(`There is no step ${params.step_id}.`)
    return ok(presentStep(step, params.account_id))
  },
})
