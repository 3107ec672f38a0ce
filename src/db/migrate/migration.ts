/** It is applied once, and never changed afterwards. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
}

/** A function with its trigger, or a view: it is applied again whenever its text has changed. */
export interface Repeatable {
  readonly name: string
  readonly sql: string
}

/** An empty database gets the numbered ones first, then the repeatable ones, each in its order. */
export interface Migrations {
  readonly numbered: readonly Migration[]
  readonly repeatable: readonly Repeatable[]
}
