import * as z from 'zod'
import { activeState, deletedState, type State as StoredState } from '../../domain/state.ts'
import type { Ordering } from '../../util/paging.ts'
import { isStorable } from '../../util/text/storable-text.ts'
import { queryInt, queryOneOf } from './query-fields.ts'

const maxLimit = 100

/** `limit` beyond 100 is clamped, as dbt Cloud does, and echoed so. */
export const paging = {
  limit: queryInt(1).transform((limit) => Math.min(limit ?? maxLimit, maxLimit)),
  offset: queryInt(0).transform((offset) => offset ?? 0),
}

export type State = 'active' | 'deleted' | 'all'

const states = new Map<string, State>([
  ['active', 'active'],
  ['1', 'active'],
  ['deleted', 'deleted'],
  ['2', 'deleted'],
  ['all', 'all'],
])

/** Active things, unless others are asked for. */
export const state = queryOneOf(states).transform((name) => name ?? 'active')

/** Lists with this parameter show objects of every state unless one is asked for. */
export const anyState = queryOneOf(states).transform((name) => name ?? 'all')

/** Gives the number that the database has for the state; undefined for all. */
export function stateNumber(name: State): StoredState | undefined {
  if (name === 'all') return undefined
  return name === 'active' ? activeState : deletedState
}

/** Keeps those that both allow, in `pk=1&pk__in=[1,2]`. */
export function both<T>(one: T | undefined, many: readonly T[] | undefined): readonly T[] | undefined {
  if (one === undefined) return many
  return many === undefined || many.includes(one) ? [one] : []
}

/** Reads `order_by=name` or `-name`; the first of `columns` is the default unless another is given. */
export function orderBy<const C extends string>(
  columns: readonly [C, ...C[]],
  fallback: C | `-${C}` = columns[0],
): z.ZodType<Ordering<C>> {
  const choices = new Map<string, Ordering<C>>(
    columns.flatMap((column) => [
      [column, { column, descending: false }],
      [`-${column}`, { column, descending: true }],
    ]),
  )
  const unasked = choices.get(fallback) ?? { column: columns[0], descending: false }
  return queryOneOf(choices).transform((ordering) => ordering ?? unasked)
}

/** Reads an id in a path. */
export const pathId = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)

/** The database holds no index with more digits. */
export const pathStepIndex = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number)

/** The rest of a path, its segments decoded; a last slash means nothing. */
export const pathTail = z
  .array(z.string())
  .transform((segments) => segments.join('/').replace(/\/$/, ''))
  .refine(isStorable)
