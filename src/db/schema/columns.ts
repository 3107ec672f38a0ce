import type { ColumnType, Generated } from 'kysely'
import type { State } from '../../domain/state.ts'

// Rows keep the database's snake_case, which is the wire's too; presenters take them as they are.

export type Instant = ColumnType<Date, Date | string | undefined, Date | string>

export type NullableInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>

export type StateColumn = Generated<State>
