import * as z from 'zod'
import { applyDocument as apply } from '../../definitions/stratus-yml/apply/apply-document.ts'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { bodyBoolean } from '../inputs/body-values.ts'
import { presentPlan } from './present-plan.ts'

/** Scenarios of simulated runs may have manifests inside, and a large project's is some dozens of megabytes. */
const maxBodyBytes = 64 * 1024 * 1024

export const applyDocument = operation({
  operationId: 'Apply Document',
  method: 'post',
  path: '/api/stratus/v1/apply/',
  permission: 'account:admin',
  maxBodyBytes,
  isChange: ({ dry_run }) => dry_run !== true,
  params: none,
  query: none,
  body: z.object({ document: z.unknown().optional(), dry_run: bodyBoolean(), prune: bodyBoolean() }),
  async handler(ctx, { body, access }) {
    assertWholeAccount(access)
    const plan = await apply(ctx, body.document, {
      accountId: access.accountId,
      dryRun: body.dry_run ?? false,
      prune: body.prune ?? false,
    })
    return ok(presentPlan(plan))
  },
})
