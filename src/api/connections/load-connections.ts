import {
  type ConnectionRecord,
  countEnvironments,
  findConnection,
} from '../../definitions/connections/connection-queries.ts'
import { NotFoundError } from '../../domain/errors.ts'
import type { ApiContext } from '../api-context.ts'
import type { Access } from '../http/access.ts'
import type { Version } from '../http/operation.ts'
import { presentAccountConnection, presentConnection, presentFlatConnection } from '../presenters/present-connection.ts'

/** v2 shows all connections flat; v3 has one form for those of a project, and one for those of the account. */
type Form = 'flat' | 'project' | 'account'

export function formOf(version: Version, { project_id: projectId }: Pick<ConnectionPath, 'project_id'>): Form {
  if (version === 'v2') return 'flat'
  return projectId === undefined ? 'account' : 'project'
}

export async function loadConnections(ctx: ApiContext, connections: readonly ConnectionRecord[], form: Form) {
  const [first] = connections
  if (first === undefined) return []
  if (form === 'flat') return connections.map(presentFlatConnection)
  if (form === 'project') return connections.map(presentConnection)
  const ids = connections.map((connection) => connection.id)
  const counts = await countEnvironments(ctx.db, first.account_id, ids)
  return connections.map((connection) => presentAccountConnection(connection, counts.get(connection.id) ?? 0))
}

interface ConnectionPath {
  readonly account_id: number
  readonly project_id?: number | undefined
  readonly connection_id: number
}

/** The active connection that a path names; one that names a project as well must name the right one. */
export async function findConnectionOfPath(
  ctx: ApiContext,
  access: Access,
  { account_id: accountId, project_id: projectId, connection_id: id }: ConnectionPath,
): Promise<ConnectionRecord> {
  const connection = await findConnection(ctx.db, accountId, id)
  if (projectId !== undefined && connection?.project_id !== projectId) {
    throw new NotFoundError(`Project ${projectId} has no connection ${id}.`)
  }
  if (connection === undefined) throw new NotFoundError(`There is no connection ${id}.`)
  if (connection.project_id !== null) access.assertProject(connection.project_id)
  return connection
}
