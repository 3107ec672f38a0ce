import * as z from 'zod'
import { findAccount } from '../definitions/projects/project-queries.ts'
import { NotFoundError } from '../domain/errors.ts'
import { pathId } from './inputs/list-query.ts'
import { none, type Operation, operation } from './operation.ts'
import { presentAccount } from './presenters/present-account.ts'
import { ok } from './reply.ts'

/** The same in v2 and v3. */
export function retrieveAccountAt(path: string): Operation {
  return operation({
    operationId: 'Retrieve Account',
    method: 'get',
    path,
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
}
