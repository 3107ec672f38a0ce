import * as z from 'zod'
import { none, type Operation, operation } from '../http/operation.ts'
import { replyWithPage } from '../http/reply-with-page.ts'
import { anyState, orderBy, paging, pathId } from '../inputs/list-query.ts'
import { presentUser } from '../presenters/present-user.ts'
import { byUserOrder, findUsers, userOrders } from './find-users.ts'

/** The same in v2 and v3. */
export function listUsersAt(path: string): Operation {
  return operation({
    operationId: 'List Users',
    method: 'get',
    path,
    permission: null,
    params: z.object({ account_id: pathId }),
    query: z.object({ ...paging, state: anyState, order_by: orderBy(userOrders) }),
    body: none,
    async handler(ctx, { access, query }) {
      const users = query.state === 'deleted' ? [] : await findUsers(ctx, access)
      const page = users.sort(byUserOrder(query.order_by)).slice(query.offset, query.offset + query.limit)
      return replyWithPage({ items: page.map(presentUser), total: users.length, query, access })
    },
  })
}
