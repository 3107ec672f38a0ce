import { sql } from 'kysely'
import { allOf, type Condition, equals, isOneOf } from '../../db/list-queries.ts'
import type { RunStatus } from '../../domain/runs/run-status.ts'
import type { CauseCategory } from '../../domain/runs/trigger.ts'

export interface BrowseFilters {
  readonly statuses?: readonly RunStatus[] | undefined
  readonly jobIds?: readonly number[] | undefined
  readonly projectIds?: readonly number[] | undefined
  readonly environmentIds?: readonly number[] | undefined
  readonly causes?: readonly CauseCategory[] | undefined
  readonly dagId?: string | undefined
  readonly taskId?: string | undefined
  readonly branch?: string | undefined
  /** It is a part of the message or of the cause, in any case. */
  readonly text?: string | undefined
  readonly since?: Date | undefined
  readonly until?: Date | undefined
  /** Only runs with nodes that warned. */
  readonly withWarnings?: boolean | undefined
}

type Conditions = { readonly [Name in keyof BrowseFilters]-?: Condition | undefined }

/** Answers the condition that each filter puts on a row of `runs`, written as its index has it. */
export function conditionsOf(filters: BrowseFilters): Conditions {
  const { since, until, text } = filters
  return {
    statuses: isOneOf('runs.status', filters.statuses),
    jobIds: isOneOf('runs.job_id', filters.jobIds),
    projectIds: isOneOf('runs.project_id', filters.projectIds),
    environmentIds: isOneOf('runs.environment_id', filters.environmentIds),
    causes: isOneOf('runs.cause_category', filters.causes),
    dagId: filters.dagId === undefined ? undefined : sql`runs.orchestrator ->> 'dag_id' = ${filters.dagId}`,
    taskId: filters.taskId === undefined ? undefined : sql`runs.orchestrator ->> 'task_id' = ${filters.taskId}`,
    branch: equals('runs.git_branch', filters.branch),
    text:
      text === undefined
        ? undefined
        : sql`position(lower(${text}) in lower(coalesce(runs.status_message, '') || ' ' || runs.cause)) > 0`,
    since: since && sql`runs.created_at >= ${since}`,
    until: until && sql`runs.created_at <= ${until}`,
    withWarnings: filters.withWarnings ? sql`cast(runs.node_counts ->> 'warn' as integer) > 0` : undefined,
  }
}

/** Parts of the runs that are asked for, in each of which they stand by their ids in an index. */
export interface Branches {
  /** Runs of different branches are different. */
  readonly branches: readonly Condition[]
  /** Undefined: the branches have just what is asked for. */
  readonly rest: Condition | undefined
}

/** With more branches than this, another filter leads. */
const mostBranches = 50

/** Filters that an index has, those that leave the fewest runs first. */
const leads = [
  'jobIds',
  'dagId',
  'branch',
  'environmentIds',
  'projectIds',
  'withWarnings',
  'causes',
  'statuses',
] as const

/** Finds the filter whose index is read; what is left is looked at row by row. */
export function branchesOf(accountId: number, filters: BrowseFilters): Branches {
  const lead = leads.find((name) => canLead(filters, name))
  const withStatus = lead === 'jobIds' && filters.statuses !== undefined
  const ofAccount = sql<boolean>`runs.account_id = ${accountId}`
  const led = lead === undefined ? [ofAccount] : branchesBy(filters, lead)
  // The index of a job's runs has no account. Whoever asks has made sure that the jobs are the account's.
  const branches = lead === 'jobIds' && !withStatus ? led : led.map((branch) => allOf([ofAccount, branch]))
  const conditions = Object.entries(conditionsOf(filters)).filter(
    ([name]) => name !== lead && !(withStatus && name === 'statuses'),
  )
  const rest = conditions.map(([, condition]) => condition).filter((condition) => condition !== undefined)
  return { branches, rest: rest.length === 0 ? undefined : allOf(rest) }
}

function canLead(filters: BrowseFilters, name: (typeof leads)[number]): boolean {
  const value = filters[name]
  if (value === undefined || value === false) return false
  // Nearly all runs are of this one, and it is in no index.
  if (name === 'causes' && filters.causes?.includes('api')) return false
  return branchesBy(filters, name).length <= mostBranches
}

function branchesBy(filters: BrowseFilters, lead: (typeof leads)[number]): readonly Condition[] {
  const each = <T>(values: readonly T[] | undefined, make: (value: T) => BrowseFilters) =>
    [...new Set(values)].map((value) => allOf(Object.values(conditionsOf(make(value)))))
  switch (lead) {
    case 'jobIds': {
      const { statuses } = filters
      if (statuses === undefined) return each(filters.jobIds, (id) => ({ jobIds: [id] }))
      return [...new Set(filters.jobIds)].flatMap((id) =>
        each(statuses, (status) => ({ jobIds: [id], statuses: [status] })),
      )
    }
    case 'projectIds':
      return each(filters.projectIds, (id) => ({ projectIds: [id] }))
    case 'environmentIds':
      return each(filters.environmentIds, (id) => ({ environmentIds: [id] }))
    case 'statuses':
      return each(filters.statuses, (status) => ({ statuses: [status] }))
    case 'causes':
      // Written out, since the index has all but one of them.
      return [...new Set(filters.causes)].map((cause) => sql`runs.cause_category = ${sql.lit(cause)}`)
    case 'dagId':
      return each([filters.dagId], (dagId) => ({ dagId }))
    case 'branch':
      return each([filters.branch], (branch) => ({ branch }))
    case 'withWarnings':
      return each([true], (withWarnings) => ({ withWarnings }))
  }
}
