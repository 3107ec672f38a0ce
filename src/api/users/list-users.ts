import * as z from 'zod'
import { inBoth } from '../http/account-paths.ts'
import { none, operation } from '../http/operation.ts'
import { replyWithPage } from '../http/replies/reply-with-page.ts'
import { anyState, orderBy, paging, pathId } from '../inputs/list-query.ts'
import { presentUser } from '../presenters/present-user.ts'
import { byUserOrder, findUsers, userOrders } from './find-users.ts'

export const listUsers = operation({
  operationId: 'List Users',
  method: 'get',
  path: inBoth('users/'),
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
