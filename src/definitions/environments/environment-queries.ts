import type { Db } from '../../db/database.ts'
import {
  allOf,
  containsText,
  equals,
  inOrder,
  isGreater,
  isInScope,
  isOneOf,
  isOneOfOrNull,
  readPage,
} from '../../db/list-queries.ts'
import type { EnvironmentRow } from '../../db/schema/environments.ts'
import { type DeploymentType, environmentSettingKeys } from '../../domain/environment.ts'
import { activeState } from '../../domain/state.ts'
import type { PageOf, Paging, Scope } from '../../util/paging.ts'

/** The secrets of its connection and its scenario are left out, which no reader needs. */
export type EnvironmentRecord = Omit<EnvironmentRow, 'connection_secrets' | 'simulation'>

export interface EnvironmentFilter {
  readonly ids?: readonly number[] | undefined
  readonly idAfter?: number | undefined
  readonly projectIds?: readonly number[] | undefined
  readonly name?: string | undefined
  readonly nameContains?: string | undefined
  /** Null stands for an environment that names no version. */
  readonly dbtVersions?: readonly (string | null)[] | undefined
  readonly credentialsId?: number | undefined
  readonly deploymentTypes?: readonly DeploymentType[] | undefined
  readonly type?: 'deployment' | 'development' | undefined
  /** The state is 1 for active and 2 for deleted. */
  readonly state?: 1 | 2 | undefined
}

export type EnvironmentOrder = 'id' | 'name' | 'created_at' | 'updated_at' | 'project_id'

const columns = [
  'environments.id',
  'environments.account_id',
  'environments.project_id',
  ...environmentSettingKeys.map((key) => `environments.${key}` as const),
  'environments.connection',
  'environments.connection_seen',
  'environments.connection_id',
  'environments.credentials_id',
  'environments.own_connection_id',
  'environments.state',
  'environments.created_at',
  'environments.updated_at',
] as const

/** Finds an active environment; a deleted one is only reached through its runs. */
export async function findEnvironment(
  db: Db,
  accountId: number,
  environmentId: number,
): Promise<EnvironmentRecord | undefined> {
  return db
    .selectFrom('environments')
    .select(columns)
    .where('id', '=', environmentId)
    .where('account_id', '=', accountId)
    .where('state', '=', activeState)
    .executeTakeFirst()
}

/** Finds deleted ones too. */
export async function findEnvironmentsByIds(db: Db, ids: readonly number[]): Promise<EnvironmentRecord[]> {
  return db.selectFrom('environments').select(columns).where(isOneOf('environments.id', ids)).execute()
}

export async function findEnvironmentsOfProjects(db: Db, projectIds: readonly number[]): Promise<EnvironmentRecord[]> {
  return db
    .selectFrom('environments')
    .select(columns)
    .where(isOneOf('environments.project_id', projectIds))
    .where('state', '=', activeState)
    .orderBy('id')
    .execute()
}

export async function listEnvironments(
  db: Db,
  scope: Scope,
  filter: EnvironmentFilter,
  { limit, offset, ordering }: Paging<EnvironmentOrder>,
): Promise<PageOf<EnvironmentRecord>> {
  const where = allOf([
    isInScope('environments', 'project_id', scope),
    isOneOf('environments.id', filter.ids),
    isGreater('environments.id', filter.idAfter),
    isOneOf('environments.project_id', filter.projectIds),
    equals('environments.name', filter.name),
    containsText('environments.name', filter.nameContains),
    isOneOfOrNull('environments.dbt_version', filter.dbtVersions),
    equals('environments.credentials_id', filter.credentialsId),
    isOneOf('environments.deployment_type', filter.deploymentTypes),
    equals('environments.type', filter.type),
    equals('environments.state', filter.state),
  ])
  const order = inOrder('environments', ordering)
  const query = db.selectFrom('environments').select(columns)
  return readPage(db, query, { table: 'environments', where, order, limit, offset })
}

export async function findProjectOfEnvironment(
  db: Db,
  accountId: number,
  environmentId: number,
): Promise<number | undefined> {
  const environment = await db
    .selectFrom('environments')
    .select('project_id')
    .where('id', '=', environmentId)
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  return environment?.project_id
}
