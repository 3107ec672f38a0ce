import { type SqlBool, sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { isActive } from '../../db/is-active.ts'
import {
  allOf,
  type Condition,
  containsText,
  equals,
  inOrder,
  isInScope,
  isOneOf,
  readPage,
} from '../../db/list-queries.ts'
import type { CredentialsRow, ShownConnectionRow } from '../../db/schema/connections.ts'
import { activeState } from '../../domain/state.ts'
import type { PageOf, Paging, Scope } from '../../util/paging.ts'

/** Its secrets are left out, which no reader needs. */
export type ConnectionRecord = ShownConnectionRow
export type CredentialsRecord = Omit<CredentialsRow, 'secrets' | 'secrets_target'>

export interface ConnectionFilter {
  readonly ids?: readonly number[] | undefined
  readonly projectIds?: readonly number[] | undefined
  readonly name?: string | undefined
  readonly nameContains?: string | undefined
  readonly type?: string | undefined
  /** The state is 1 for active and 2 for deleted. */
  readonly state?: 1 | 2 | undefined
}

export type ConnectionOrder = 'id' | 'name' | 'created_at' | 'updated_at' | 'project_id'

/** Finds an active connection of the account: one that stands for itself, or an environment's own. */
export async function findConnection(db: Db, accountId: number, id: number): Promise<ConnectionRecord | undefined> {
  return await db
    .selectFrom('shown_connections')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .where('state', '=', activeState)
    .executeTakeFirst()
}

export async function listConnections(
  db: Db,
  scope: Scope,
  filter: ConnectionFilter,
  { limit, offset, ordering }: Paging<ConnectionOrder>,
): Promise<PageOf<ConnectionRecord>> {
  const where = allOf([
    isReadable(scope),
    isOneOf('shown_connections.id', filter.ids),
    isOneOf('shown_connections.project_id', filter.projectIds),
    equals('shown_connections.name', filter.name),
    containsText('shown_connections.name', filter.nameContains),
    equals('shown_connections.type', filter.type),
    equals('shown_connections.state', filter.state),
  ])
  const order = inOrder('shown_connections', ordering)
  const query = db.selectFrom('shown_connections').selectAll('shown_connections')
  return readPage(db, query, { table: 'shown_connections', where, order, limit, offset })
}

/** Those of the account are for everybody who may see a project of it. */
function isReadable({ accountId, projectIds }: Scope): Condition {
  return allOf([
    equals('shown_connections.account_id', accountId),
    projectIds !== null &&
      sql<SqlBool>`(shown_connections.project_id is null or shown_connections.project_id = any(${projectIds}))`,
  ])
}

/** Counts for each of these connections the environments that connect as it says. */
export async function countEnvironments(
  db: Db,
  accountId: number,
  connectionIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (connectionIds.length === 0) return new Map()
  const { rows } = await sql<{ id: number; count: number }>`
    select coalesce(environments.connection_id, environments.own_connection_id) as id, count(*) as count
    from environments
    where environments.account_id = ${accountId} and ${isActive('environments')}
      and coalesce(environments.connection_id, environments.own_connection_id) = any(${connectionIds}::bigint[])
    group by 1
  `.execute(db)
  return new Map(rows.map((row) => [row.id, row.count]))
}

const credentialsColumns = [
  'credentials.id',
  'credentials.account_id',
  'credentials.project_id',
  'credentials.type',
  'credentials.threads',
  'credentials.target_name',
  'credentials.details',
  'credentials.state',
  'credentials.created_at',
  'credentials.updated_at',
] as const

export async function findCredentials(
  db: Db,
  accountId: number,
  projectId: number,
  id: number,
): Promise<CredentialsRecord | undefined> {
  return await db
    .selectFrom('credentials')
    .select(credentialsColumns)
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .where('project_id', '=', projectId)
    .where('state', '=', activeState)
    .executeTakeFirst()
}

/** Finds deleted ones too. */
export async function findCredentialsByIds(db: Db, ids: readonly number[]): Promise<CredentialsRecord[]> {
  return await db.selectFrom('credentials').select(credentialsColumns).where(isOneOf('credentials.id', ids)).execute()
}

export async function listCredentials(
  db: Db,
  scope: Scope,
  filter: {
    readonly ids?: readonly number[] | undefined
    readonly projectId: number
    readonly state?: 1 | 2 | undefined
  },
  { limit, offset, ordering }: Paging<'id' | 'created_at' | 'updated_at'>,
): Promise<PageOf<CredentialsRecord>> {
  const where = allOf([
    isInScope('credentials', 'project_id', scope),
    isOneOf('credentials.id', filter.ids),
    equals('credentials.project_id', filter.projectId),
    equals('credentials.state', filter.state),
  ])
  const order = inOrder('credentials', ordering)
  const query = db.selectFrom('credentials').select(credentialsColumns)
  return readPage(db, query, { table: 'credentials', where, order, limit, offset })
}
