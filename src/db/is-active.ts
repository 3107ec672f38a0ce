import { type RawBuilder, type SqlBool, sql } from 'kysely'
import { activeState } from '../domain/state.ts'

/** It is for SQL of our own. The number stands in the text, where PostgreSQL sees that an index of active rows will do. */
export function isActive(
  table: 'projects' | 'environments' | 'jobs' | 'connections' | 'credentials',
): RawBuilder<SqlBool> {
  return sql<SqlBool>`${sql.ref(`${table}.state`)} = ${sql.lit(activeState)}`
}
