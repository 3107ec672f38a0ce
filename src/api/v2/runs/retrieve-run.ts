import { z } from 'zod'
import { runIncludes } from '../../describe-runs.ts'
import { pathId } from '../../inputs/list-query.ts'
import { includeRelated } from '../../inputs/query-fields.ts'
import { none, operation } from '../../operation.ts'
import { replyWithRun } from '../../reply-with-run.ts'

export const retrieveRun = operation({
  operationId: 'Retrieve Run',
  method: 'get',
  path: '/api/v2/accounts/:account_id/runs/:run_id/',
  permission: 'jobs:read',
  params: z.object({ account_id: pathId, run_id: pathId }),
  query: z.object({ include_related: includeRelated(runIncludes) }),
  body: none,
  handler: (ctx, { params, query }) => replyWithRun(ctx, params.account_id, params.run_id, query.include_related),
})
