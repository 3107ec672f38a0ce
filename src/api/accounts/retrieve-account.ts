import * as z from 'zod'
import { findAccount } from '../../definitions/projects/project-queries.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { inBoth } from '../http/account-paths.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { presentAccount } from '../presenters/present-account.ts'

export const retrieveAccount = operation({
  operationId: 'Retrieve Account',
  method: 'get',
  path: inBoth(''),
  permission: null,
  params: z.object({ account_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { params }) {
    const account = await findAccount(ctx.db, params.account_id)
    if (account === undefined) throw new NotFoundError(`There is no account ${params.account_id}.`)
    return ok(presentAccount(account, ctx.publicUrl()))
  },
})
