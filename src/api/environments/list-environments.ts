import * as z from 'zod'
import { listEnvironments as findEnvironments } from '../../definitions/environments/environment-queries.ts'
import { getProject } from '../../definitions/projects/project-queries.ts'
import type { ApiContext } from '../api-context.ts'
import type { Access } from '../http/access.ts'
import { v2, v3, v3Project } from '../http/account-paths.ts'
import { none, operation, type Version } from '../http/operation.ts'
import type { Reply } from '../http/replies/reply.ts'
import { replyWithPage } from '../http/replies/reply-with-page.ts'
import { both, orderBy, paging, pathId, state, stateNumber } from '../inputs/list-query.ts'
import {
  includeRelated,
  queryInt,
  queryInts,
  queryManyOf,
  queryOneOf,
  queryText,
  queryTexts,
} from '../inputs/query-fields.ts'
import { dbtVersionOf } from '../presenters/present-environment.ts'
import { environmentIncludes, loadEnvironments } from './load-environments.ts'

const deploymentTypes = new Map([
  ['production', 'production'],
  ['staging', 'staging'],
] as const)
const types = new Map([
  ['deployment', 'deployment'],
  ['development', 'development'],
] as const)

const v2Query = z.object({
  ...paging,
  state,
  order_by: orderBy(['id', 'name', 'created_at', 'updated_at', 'project_id']),
  include_related: includeRelated(environmentIncludes),
  pk: queryInt(),
  pk__in: queryInts(),
  project_id: queryInt(),
  project_id__in: queryInts(),
  name: queryText(),
  name__icontains: queryText(),
  dbt_version: queryText(),
  dbt_version__in: queryTexts(),
})
const v3Query = v2Query.extend({
  id__gt: queryInt(),
  credentials_id: queryInt(),
  deployment_type: queryOneOf(deploymentTypes),
  deployment_type__in: queryManyOf(deploymentTypes),
  type: queryOneOf(types),
})

export const listEnvironmentsV2 = operation({
  operationId: 'List Environments',
  method: 'get',
  path: `${v2}environments/`,
  permission: 'projects:read',
  params: z.object({ account_id: pathId }),
  query: v2Query,
  body: none,
  handler: (ctx, { access, query }) => replyWithEnvironments(ctx, access, query, 'v2'),
})

/** Lists a project's environments, or the account's: that path is no part of dbt Cloud's published API, but clients use it. */
export const listEnvironmentsV3 = operation({
  operationId: 'List Environments',
  method: 'get',
  path: [`${v3Project}environments/`, { operationId: 'List Account Environments', path: `${v3}environments/` }],
  permission: 'projects:read',
  params: z.object({ account_id: pathId, project_id: pathId.optional() }),
  query: v3Query,
  body: none,
  async handler(ctx, { params: { account_id: accountId, project_id: projectId }, access, query }) {
    if (projectId !== undefined) await getProject(ctx.db, accountId, projectId)
    return replyWithEnvironments(ctx, access, { ...query, project_id: projectId ?? query.project_id }, 'v3')
  },
})

async function replyWithEnvironments(
  ctx: ApiContext,
  access: Access,
  asked: z.output<typeof v2Query> & Partial<z.output<typeof v3Query>>,
  version: Version,
): Promise<Reply> {
  const page = await findEnvironments(
    ctx.db,
    access,
    {
      ids: both(asked.pk, asked.pk__in),
      idAfter: asked.id__gt,
      projectIds: both(asked.project_id, asked.project_id__in),
      name: asked.name,
      nameContains: asked.name__icontains,
      credentialsId: asked.credentials_id,
      dbtVersions: both(asked.dbt_version, asked.dbt_version__in)?.map(dbtVersionOf),
      deploymentTypes: both(asked.deployment_type, asked.deployment_type__in),
      type: asked.type,
      state: stateNumber(asked.state),
    },
    { limit: asked.limit, offset: asked.offset, ordering: asked.order_by },
  )
  const items = await loadEnvironments(ctx, page.rows, version, asked.include_related)
  return replyWithPage({ items, total: page.total, query: asked, access })
}
