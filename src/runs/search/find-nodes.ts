import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import { equals, isOneOf } from '../../db/list-queries.ts'
import type { Scope } from '../../util/paging.ts'

export interface FoundNode {
  readonly project_id: number
  readonly unique_id: string
  readonly name: string
  readonly resource_type: string
}

/** So many projects, and so many nodes of them, are looked at. */
const mostProjects = 100
const mostScanned = 20_000

/** Nodes whose name begins with the text, from an index; then those that have it in their id, among the newest. */
export async function findNodesByText(db: Db, scope: Scope, text: string, limit: number): Promise<FoundNode[]> {
  const columns = sql`nodes.project_id, nodes.unique_id, nodes.name, nodes.resource_type`
  const prefix = `${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  const projects = sql`
    select projects.id from projects
    where ${equals('projects.account_id', scope.accountId)} and projects.state = 1
      and ${scope.projectIds === null ? sql`true` : isOneOf('projects.id', scope.projectIds)}
    order by projects.id
    limit ${sql.lit(mostProjects)}`
  const { rows: first } = await sql<FoundNode>`
    select found.* from (${projects}) as project
    cross join lateral (
      select ${columns} from nodes
      where nodes.project_id = project.id and lower(nodes.name) like ${prefix}
      order by lower(nodes.name) using ~<~
      limit ${limit}
    ) as found
    order by lower(found.name), found.project_id
    limit ${limit}
  `.execute(db)
  if (first.length === limit) return first
  const { rows: others } = await sql<FoundNode>`
    select found.project_id, found.unique_id, found.name, found.resource_type
    from (
      select nodes.id, ${columns} from nodes
      where nodes.project_id in (${projects})
      limit ${sql.lit(mostScanned)}
    ) as found
    where position(lower(${text}) in lower(found.unique_id)) > 0 and not lower(found.name) like ${prefix}
    order by lower(found.name), found.id
    limit ${limit - first.length}
  `.execute(db)
  return [...first, ...others]
}
