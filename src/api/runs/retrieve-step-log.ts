import * as z from 'zod'
import { NotFoundError } from '../../domain/errors.ts'
import { findStepLog } from '../../runs/step-log.ts'
import { none, operation } from '../http/operation.ts'
import { etagOfKey, file } from '../http/replies/reply.ts'
import { pathId, pathStepIndex } from '../inputs/list-query.ts'
import { queryOneOf } from '../inputs/query-fields.ts'
import { findRunOrThrow } from './find-run-or-throw.ts'

const streams = new Map([
  ['console', 'console'],
  ['debug', 'debug'],
] as const)

export const retrieveStepLog = operation({
  operationId: 'Retrieve Step Log',
  method: 'get',
  path: '/api/stratus/v1/accounts/:account_id/runs/:run_id/steps/:step_index/log/',
  permission: 'runs:read',
  params: z.object({ account_id: pathId, run_id: pathId, step_index: pathStepIndex }),
  query: z.object({ stream: queryOneOf(streams) }),
  body: none,
  async handler(ctx, { params, query }) {
    const run = await findRunOrThrow(ctx, params)
    const { stream = 'console' } = query
    const log = await findStepLog(ctx, { runId: run.id, index: params.step_index, stream })
    if (log === undefined) throw new NotFoundError(`Run ${run.id} has no step ${params.step_index}.`)
    return file({
      path: `${stream}.log`,
      sizeBytes: log.bytes,
      etag: log.key === null ? undefined : etagOfKey(log.key),
      headers: { 'X-Log-Bytes': String(log.bytes), 'X-Log-Complete': String(log.isComplete) },
      open: (range) => log.open(range),
    })
  },
})
