import {
  type AliasedRawBuilder,
  type Expression,
  type RawBuilder,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from 'kysely'
import type { InstantRange, Ordering, PageOf, Scope } from '../util/paging.ts'
import type { Db } from './database.ts'
import type { Schema } from './schema/schema.ts'

type Table = keyof Schema & string
export type Condition = Expression<SqlBool>

/** Selects rows of the account and, if the scope names projects, of one of them by `projectColumn`. */
export function isInScope(table: Table, projectColumn: string, { accountId, projectIds }: Scope): Condition {
  return allOf([
    sql<SqlBool>`${sql.ref(`${table}.account_id`)} = ${accountId}`,
    projectIds !== null && isOneOf(`${table}.${projectColumn}`, projectIds),
  ])
}

/** Asks for `column = value`, or for nothing without a value. */
export function equals(column: string, value: number | string | boolean | undefined): Condition | undefined {
  return value === undefined ? undefined : sql<SqlBool>`${sql.ref(column)} = ${value}`
}

export function isGreater(column: string, value: number | undefined): Condition | undefined {
  return value === undefined ? undefined : sql<SqlBool>`${sql.ref(column)} > ${value}`
}

/** Asks for `column in values`, also for no value at all. */
export function isOneOf(column: string, values: readonly number[] | readonly string[]): Condition
export function isOneOf(column: string, values: readonly (number | string)[] | undefined): Condition | undefined
export function isOneOf(column: string, values: readonly (number | string)[] | undefined): Condition | undefined {
  if (values === undefined) return undefined
  if (values.length === 0) return sql<SqlBool>`false`
  // Rows of one value come out of an index in the order of what follows it; those of an array do not.
  if (values.length === 1) return equals(column, values[0])
  const type = typeof values[0] === 'string' ? sql`text[]` : sql`bigint[]`
  return sql<SqlBool>`${sql.ref(column)} = any(${values}::${type})`
}

/** Asks for `column in values`, where null is a value like any other. */
export function isOneOfOrNull(column: string, values: readonly (string | null)[] | undefined): Condition | undefined {
  const known = values?.filter((value) => value !== null)
  const isKnown = isOneOf(column, known)
  if (isKnown === undefined || known?.length === values?.length) return isKnown
  return sql<SqlBool>`(${isKnown} or ${sql.ref(column)} is null)`
}

/** Clients see milliseconds, so the last one is included whole. */
export function isWithin(column: string, range: InstantRange | undefined): Condition | undefined {
  if (range === undefined) return undefined
  const end = new Date(range.to.getTime() + 1)
  return sql<SqlBool>`${sql.ref(column)} >= ${range.from} and ${sql.ref(column)} < ${end}`
}

/** It is case-insensitive, and nothing in `text` is special. */
export function containsText(column: string, text: string | undefined): Condition | undefined {
  return text === undefined ? undefined : sql<SqlBool>`position(lower(${text}) in lower(${sql.ref(column)})) > 0`
}

export function allOf(conditions: readonly (Condition | false | undefined)[]): RawBuilder<SqlBool> {
  const given = conditions.filter((condition) => condition !== false && condition !== undefined)
  return sql<SqlBool>`${sql.join(
    given.map((condition) => sql`(${condition})`),
    sql` and `,
  )}`
}

/** It is never null: nothing is said about nulls then, so that an index serves both directions. */
const neverNull = new Set(['id', 'created_at', 'updated_at', 'logged_at', 'name', 'status'])

/** Makes the `order by` of a list. With `neverNull` the condition leaves out what has no value in the column. */
export function inOrder(
  table: Table,
  { column, descending }: Ordering<string>,
  options: { readonly neverNull?: boolean } = {},
): RawBuilder<unknown> {
  const direction = descending ? sql`desc` : sql`asc`
  const id = sql`${sql.ref(`${table}.id`)} ${direction}`
  if (column === 'id') return id
  const nulls = options.neverNull === true || neverNull.has(column) ? sql`` : sql` nulls last`
  return sql`${sql.ref(`${table}.${column}`)} ${direction}${nulls}, ${id}`
}

/** Counts all matches beside each row of a page: in one statement, and so in one snapshot. */
function totalOf(table: Table, where: Condition): AliasedRawBuilder<number, 'total'> {
  return sql<number>`(select count(*) from ${sql.table(table)} where ${where})`.as('total')
}

export interface ListedPage {
  readonly table: Table
  readonly where: Condition
  readonly order: RawBuilder<unknown>
  readonly limit: number
  readonly offset: number
}

/** Reads one page of the rows that `query` selects, with the number of all of them. */
export async function readPage<Tables, Selected extends keyof Tables, Row>(
  db: Db,
  query: SelectQueryBuilder<Tables, Selected, Row>,
  { table, where, order, limit, offset }: ListedPage,
): Promise<PageOf<Row>> {
  const rows = await query
    .select(totalOf(table, where))
    .where(where)
    .orderBy(order)
    .limit(limit)
    .offset(offset)
    .$castTo<Row & { readonly total: number }>()
    .execute()
  const [first] = rows
  if (first !== undefined || offset === 0) return { rows, total: first?.total ?? 0 }
  // A page beyond the end has no row that carries the total.
  const counted = await sql<{ total: number }>`select ${totalOf(table, where)}`.execute(db)
  return { rows: [], total: counted.rows[0]?.total ?? 0 }
}
