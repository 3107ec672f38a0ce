import * as z from 'zod'
import { getProject } from '../definitions/projects/project-queries.ts'
import { NotFoundError } from '../domain/errors.ts'
import { none, type Operation, operation } from './http/operation.ts'
import { list } from './http/replies/reply.ts'
import { paging, pathId } from './inputs/list-query.ts'
import { findUserOrThrow } from './users/find-users.ts'

/*
 * Stratus has none of these things of dbt Cloud. A list of nothing is an empty list, and none of it is found by an id;
 * only changing it is not served (`unserved-operations.ts`). Clients that read a whole account pass over it so.
 */

interface AbsentThing {
  /** The path of its list, below the account, which is A for v2 and A3 for v3. */
  readonly path: string
  /** "Stratus has no …" */
  readonly what: string
  readonly list: string
  /** Set where dbt Cloud reads one of them by its id: the operation, and the last part of its path. */
  readonly one?: readonly [operationId: string, id: string]
}

const absentThings: readonly AbsentThing[] = [
  { path: 'A/invites', what: 'invites', list: 'List Invites', one: ['Retrieve Invite', 'invite_id'] },
  {
    path: 'A/encryptions',
    what: 'SSH tunnels',
    list: 'List SSH Tunnels',
    one: ['Retrieve SSH Tunnel', 'encryption_id'],
  },
  { path: 'A3/groups', what: 'groups', list: 'List Groups', one: ['Retrieve Group', 'group_id'] },
  {
    path: 'A3/license-maps',
    what: 'license maps',
    list: 'List License Maps',
    one: ['Retrieve License Map', 'license_map_id'],
  },
  {
    path: 'A3/users/:user_id/account-apikeys',
    what: 'personal access tokens',
    list: 'List Personal Access Tokens',
    one: ['Retrieve Personal Access Token', 'apikey_id'],
  },
  { path: 'A3/favorite-assets', what: 'favorite assets', list: 'List Favorite Assets' },
  {
    path: 'A3/scim-config/tokens',
    what: 'SCIM tokens',
    list: 'List SCIM Tokens',
    one: ['Retrieve SCIM Token', 'scim_token_id'],
  },
  {
    path: 'A3/ip-restrictions',
    what: 'IP restrictions',
    list: 'List IP Restrictions',
    one: ['Retrieve IP Restriction', 'restriction_id'],
  },
  {
    path: 'A3/private-endpoints',
    what: 'private endpoints',
    list: 'List Private Endpoints',
    one: ['Retrieve Private Endpoint', 'endpoint_id'],
  },
  {
    path: 'A3/oauth-configurations',
    what: 'OAuth configurations',
    list: 'List OAuth Configurations',
    one: ['Retrieve OAuth Configuration', 'oauth_configuration_id'],
  },
  {
    path: 'A3/semantic-layer-credentials',
    what: 'semantic layer credentials',
    list: 'List Semantic Layer Credentials',
  },
  {
    path: 'A3/projects/:project_id/integrations/lineage',
    what: 'lineage integrations',
    list: 'List Lineage Integrations',
    one: ['Retrieve Lineage Integration', 'integration_id'],
  },
  {
    path: 'A3/projects/:project_id/profiles',
    what: 'profiles',
    list: 'List Profiles',
    one: ['Retrieve Profile', 'profile_id'],
  },
]

const ownParams = z.object({ account_id: pathId, project_id: pathId.optional(), user_id: pathId.optional() })

export const absentLists: readonly Operation[] = absentThings.map(({ path, list: operationId }) =>
  operation({
    operationId,
    method: 'get',
    path: `${fromRoot(path)}/`,
    permission: path.includes(':project_id') ? 'projects:read' : path.includes(':user_id') ? null : 'account:read',
    params: ownParams,
    query: z.object(paging),
    body: none,
    async handler(ctx, { access, params, query: { limit, offset } }) {
      const { account_id: accountId, project_id: projectId, user_id: userId } = params
      if (userId !== undefined) await findUserOrThrow(ctx, access, userId)
      if (projectId !== undefined) await getProject(ctx.db, accountId, projectId)
      return list({ items: [], total: 0, filters: { limit, offset }, orderBy: 'id' })
    },
  }),
)

/** One of them, by an id that nothing has. */
export const absentObjects: readonly Operation[] = absentThings.flatMap(({ path, what, one }) => {
  if (one === undefined) return []
  const [operationId, id] = one
  return operation({
    operationId,
    method: 'get',
    path: `${fromRoot(path)}/:${id}/`,
    permission: null,
    params: none,
    query: none,
    body: none,
    async handler() {
      throw new NotFoundError(`Stratus has no ${what}.`)
    },
  })
})

/** Paths of dbt Cloud's operations are written short, with A for an account in v2 and A3 for one in v3. */
export function fromRoot(path: string): string {
  return path.replace(/^A3/, '/api/v3/accounts/:account_id').replace(/^A/, '/api/v2/accounts/:account_id')
}
