import type { InstantRange, Ordering } from '../../../util/paging.ts'
import { instant } from '../../presenters/time/wire-dates.ts'
import type { Access } from '../access.ts'
import { list, type Reply } from './reply.ts'

/** Lists are asked with these; every other key is a filter. */
interface ListQuery {
  readonly limit: number
  readonly offset: number
  readonly order_by: Ordering<string>
  readonly include_related?: unknown
  readonly [filter: string]: unknown
}

/** A page with its query echoed as it was understood. */
export function replyWithPage({
  items,
  total,
  query,
  access,
}: {
  items: readonly unknown[]
  total: number
  query: ListQuery
  access: Access
}): Reply {
  const { limit, offset, order_by, include_related: _included, ...filters } = query
  const applied = Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, echo(value)])
  return list({
    items,
    total,
    filters: { limit, offset, account_id: access.accountId, ...Object.fromEntries(applied) },
    orderBy: `${order_by.descending ? '-' : ''}${order_by.column}`,
  })
}

function echo(value: unknown): unknown {
  if (value instanceof Date) return instant(value)
  return isRange(value) ? [instant(value.from), instant(value.to)] : value
}

function isRange(value: unknown): value is InstantRange {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value
}
