import type { ColumnType, Generated } from 'kysely'

// Rows keep the database's snake_case, which is the wire's too; presenters take them as they are.

export type Instant = ColumnType<Date, Date | string | undefined, Date | string>

export type NullableInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>

/** 1 active, 2 deleted: the wire's own numbers. */
export type State = Generated<number>
