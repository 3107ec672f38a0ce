import * as z from 'zod'
import { listAuditEntries } from '../../audit/audit-entries.ts'
import { assertWholeAccount } from '../http/assert-whole-account.ts'
import { none, operation } from '../http/operation.ts'
import { replyWithPage } from '../http/replies/reply-with-page.ts'
import { orderBy, paging, pathId } from '../inputs/list-query.ts'
import { queryInstant, queryOneOf } from '../inputs/query-fields.ts'
import { presentAuditEntry } from '../presenters/present-audit-entry.ts'

const methods = new Map(
  ['POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) => [
    [method, method],
    [method.toLowerCase(), method],
  ]),
)

export const listAuditLogs = operation({
  operationId: 'List Audit Logs',
  method: 'get',
  path: '/api/v3/accounts/:account_id/audit-logs/',
  permission: 'audit:read',
  params: z.object({ account_id: pathId }),
  query: z.object({
    ...paging,
    logged_at_start: queryInstant('start'),
    logged_at_end: queryInstant('end'),
    method: queryOneOf(methods),
    order_by: orderBy(['id', 'logged_at'], '-logged_at'),
  }),
  body: none,
  async handler(ctx, { access, query }) {
    assertWholeAccount(access)
    const page = await listAuditEntries(
      ctx.db,
      access.accountId,
      { from: query.logged_at_start, to: query.logged_at_end, method: query.method },
      // Ids grow with time.
      { limit: query.limit, offset: query.offset, ordering: { column: 'id', descending: query.order_by.descending } },
    )
    return replyWithPage({ items: page.rows.map(presentAuditEntry), total: page.total, query, access })
  },
})
