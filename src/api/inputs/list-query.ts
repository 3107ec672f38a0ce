import { z } from 'zod'
import type { Ordering } from '../../util/paging.ts'
import { queryInt, queryOneOf } from './query-fields.ts'

const maxLimit = 100

/** `limit` beyond 100 is clamped, as dbt Cloud does, and echoed so. */
export const paging = {
  limit: queryInt(1).transform((limit) => Math.min(limit ?? maxLimit, maxLimit)),
  offset: queryInt(0).transform((offset) => offset ?? 0),
}

export type State = 1 | 2 | 'all'

const states = new Map<string, State>([
  ['active', 1],
  ['1', 1],
  ['deleted', 2],
  ['2', 2],
  ['all', 'all'],
])

export function stateFilter(whenAbsent: State): z.ZodType<State> {
  return queryOneOf(states).transform((state) => state ?? whenAbsent)
}

/** `order_by=name` or `-name`; the first of `columns` is the default. */
export function orderBy<const C extends string>(columns: readonly [C, ...C[]]): z.ZodType<Ordering<C>> {
  const choices = new Map<string, Ordering<C>>(
    columns.flatMap((column) => [
      [column, { column, descending: false }],
      [`-${column}`, { column, descending: true }],
    ]),
  )
  return queryOneOf(choices).transform((ordering) => ordering ?? { column: columns[0], descending: false })
}

/** Ids in a path. */
export const pathId = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
