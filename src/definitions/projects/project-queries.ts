import { type SqlBool, sql } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import { allOf, containsText, equals, inOrder, isGreater, isInScope, isOneOf, readPage } from '../../db/list-queries.ts'
import type { AccountRow } from '../../db/schema/accounts.ts'
import type { ProjectRow } from '../../db/schema/projects.ts'
import type { Connection } from '../../domain/environment.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { activeState } from '../../domain/state.ts'
import type { PageOf, Paging, Scope } from '../../util/paging.ts'

/**
 * Finds a project with the connection of its main environment: the production one, else its first deployment
 * environment, else its first. `main_connection_id` is null for a project without environments.
 */
export interface ProjectRecord extends ProjectRow {
  readonly main_connection_id: number | null
  readonly main_connection: Connection | null
  readonly main_profile_name: string | null
}

export type AccountRecord = AccountRow

export interface ProjectFilter {
  readonly ids?: readonly number[] | undefined
  readonly idAfter?: number | undefined
  readonly nameContains?: string | undefined
  readonly hasRepository?: true | undefined
  readonly gitUrl?: string | undefined
  /** The state is 1 for active and 2 for deleted. */
  readonly state?: 1 | 2 | undefined
}

export type ProjectOrder = 'id' | 'name' | 'created_at' | 'updated_at'

/** Finds only active projects. */
export async function findProject(db: Db, accountId: number, projectId: number): Promise<ProjectRecord | undefined> {
  const where = allOf([
    equals('projects.id', projectId),
    equals('projects.account_id', accountId),
    equals('projects.state', activeState),
  ])
  return selectProjects(db).where(where).executeTakeFirst()
}

/** Finds an active project. Throws NotFoundError when there is none. */
export async function getProject(db: Db, accountId: number, projectId: number): Promise<ProjectRecord> {
  return existing(await findProject(db, accountId, projectId), projectId)
}

/** The same, locked until the transaction ends: against being deleted, or for a change of its own. */
export async function getLockedProject(
  tx: Tx,
  accountId: number,
  projectId: number,
  lock: 'share' | 'update',
): Promise<ProjectRow> {
  const project = await tx
    .selectFrom('projects')
    .selectAll()
    .where('id', '=', projectId)
    .where('account_id', '=', accountId)
    .where('state', '=', activeState)
    .$if(lock === 'share', (query) => query.forShare())
    .$if(lock === 'update', (query) => query.forUpdate())
    .executeTakeFirst()
  return existing(project, projectId)
}

function existing<T>(project: T | undefined, projectId: number): T {
  if (project === undefined) throw new NotFoundError(`There is no project ${projectId}.`)
  return project
}

/** Finds deleted ones too. */
export async function findProjectsByIds(db: Db, ids: readonly number[]): Promise<ProjectRecord[]> {
  return selectProjects(db).where(isOneOf('projects.id', ids)).execute()
}

export async function listProjects(
  db: Db,
  scope: Scope,
  filter: ProjectFilter,
  { limit, offset, ordering }: Paging<ProjectOrder>,
): Promise<PageOf<ProjectRecord>> {
  const where = allOf([
    isInScope('projects', 'id', scope),
    isOneOf('projects.id', filter.ids),
    isGreater('projects.id', filter.idAfter),
    containsText('projects.name', filter.nameContains),
    filter.hasRepository && sql<SqlBool>`projects.git_url is not null`,
    equals('projects.git_url', filter.gitUrl),
    equals('projects.state', filter.state),
  ])
  const order = inOrder('projects', ordering)
  return readPage(db, selectProjects(db), { table: 'projects', where, order, limit, offset })
}

function selectProjects(db: Db) {
  return db
    .selectFrom('projects')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('environments')
          .select([
            sql<number>`coalesce(environments.connection_id, environments.own_connection_id)`.as('connection_id'),
            'environments.connection',
            'environments.connection_seen',
            'environments.profile_name',
          ])
          .whereRef('environments.project_id', '=', 'projects.id')
          .where('environments.state', '=', activeState)
          .orderBy(sql<SqlBool>`environments.deployment_type is not distinct from 'production'`, 'desc')
          .orderBy(sql<SqlBool>`environments.type = 'deployment'`, 'desc')
          .orderBy('environments.id')
          .limit(1)
          .as('main'),
      (join) => join.onTrue(),
    )
    .selectAll('projects')
    .select([
      'main.connection_id as main_connection_id',
      sql<Connection | null>`coalesce(main.connection, main.connection_seen)`.as('main_connection'),
      'main.profile_name as main_profile_name',
    ])
}

export async function findAccount(db: Db, accountId: number): Promise<AccountRecord | undefined> {
  return db
    .selectFrom('accounts')
    .selectAll()
    .where('id', '=', accountId)
    .where('state', '=', activeState)
    .executeTakeFirst()
}
