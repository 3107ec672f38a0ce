import * as z from 'zod'
import { findAccount } from '../../definitions/projects/project-queries.ts'
import { updateAccount as update } from '../../definitions/projects/update-account.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, type Operation, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { bodyInt } from '../inputs/body-values.ts'
import { bodyId, bodyName } from '../inputs/clearable-fields.ts'
import { pathId } from '../inputs/list-query.ts'
import { assertSame } from '../inputs/required-fields.ts'
import { presentAccount } from '../presenters/present-account.ts'

/** Only these can change; other fields are ignored, since clients send back all that they read. */
const body = z.object({ id: bodyId(), name: bodyName(), run_slots: bodyInt(1) })

export const updateAccount = updateAccountBy('Update Account', 'post')
export const partiallyUpdateAccount = updateAccountBy('Partially Update Account', 'patch')

function updateAccountBy(operationId: string, method: 'post' | 'patch'): Operation {
  return operation({
    operationId,
    method,
    path: '/api/v2/accounts/:account_id/',
    permission: 'account:admin',
    params: z.object({ account_id: pathId }),
    query: none,
    body,
    async handler(ctx, { params: { account_id: id }, body, access }) {
      assertWholeAccount(access)
      assertSame('id', body.id, id)
      await update(ctx.db, id, { name: body.name, runSlots: body.run_slots })
      const account = await findAccount(ctx.db, id)
      if (account === undefined) throw new NotFoundError(`There is no account ${id}.`)
      return ok(presentAccount(account, ctx.publicUrl()))
    },
  })
}
