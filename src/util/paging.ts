/** Says how a list is ordered. Ties go by id in the same direction; what has no value comes last in both. */
export interface Ordering<Column extends string> {
  readonly column: Column
  readonly descending: boolean
}

export interface Paging<Column extends string> {
  readonly limit: number
  readonly offset: number
  readonly ordering: Ordering<Column>
}

export interface PageOf<Row> {
  readonly rows: readonly Row[]
  /** Counts the matches in the same snapshot as the rows. */
  readonly total: number
}

/** Both ends are included, to the millisecond. */
export interface InstantRange {
  readonly from: Date
  readonly to: Date
}

/** The part of an account that a caller may see; null: all its projects. */
export interface Scope {
  readonly accountId: number
  readonly projectIds: readonly number[] | null
}

export function hasProject({ projectIds }: Pick<Scope, 'projectIds'>, projectId: number): boolean {
  return projectIds === null || projectIds.includes(projectId)
}
