import * as z from 'zod'
import { listEnvironments as findEnvironments } from '../../definitions/environments/environment-queries.ts'
import { getProject } from '../../definitions/projects/project-queries.ts'
import type { ApiContext } from '../api-context.ts'
import type { Access } from '../http/access.ts'
import { none, operation } from '../http/operation.ts'
import type { Reply } from '../http/reply.ts'
import { replyWithPage } from '../http/reply-with-page.ts'
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
import { describeEnvironments, environmentIncludes } from './load-environments.ts'

const deploymentTypes = new Map([
  ['production', 'production'],
  ['staging', 'staging'],
] as const)
const types = new Map([
  ['deployment', 'deployment'],
  ['development', 'development'],
] as const)

const query = z.object({
  ...paging,
  state,
  order_by: orderBy(['id', 'name', 'created_at', 'updated_at', 'project_id']),
  include_related: includeRelated(environmentIncludes),
  pk: queryInt(),
  pk__in: queryInts(),
  id__gt: queryInt(),
  project_id: queryInt(),
  project_id__in: queryInts(),
  name: queryText(),
  name__icontains: queryText(),
  credentials_id: queryInt(),
  dbt_version: queryText(),
  dbt_version__in: queryTexts(),
  deployment_type: queryOneOf(deploymentTypes),
  deployment_type__in: queryManyOf(deploymentTypes),
  type: queryOneOf(types),
})

/** Those of one project. */
export const listEnvironments = operation({
  operationId: 'List Environments',
  method: 'get',
  path: '/api/v3/accounts/:account_id/projects/:project_id/environments/',
  permission: 'projects:read',
  params: z.object({ account_id: pathId, project_id: pathId }),
  query,
  body: none,
  async handler(ctx, { params, access, query }) {
    await getProject(ctx.db, params.account_id, params.project_id)
    return replyWithEnvironments(ctx, access, { ...query, project_id: params.project_id })
  },
})

/** Those of the account: no part of dbt Cloud's published API, but clients use it. */
export const listAccountEnvironments = operation({
  operationId: 'List Account Environments',
  method: 'get',
  path: '/api/v3/accounts/:account_id/environments/',
  permission: 'projects:read',
  params: z.object({ account_id: pathId }),
  query,
  body: none,
  handler: (ctx, { access, query }) => replyWithEnvironments(ctx, access, query),
})

async function replyWithEnvironments(ctx: ApiContext, access: Access, asked: z.output<typeof query>): Promise<Reply> {
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
  const items = await describeEnvironments(ctx, page.rows, 'v3', asked.include_related)
  return replyWithPage({ items, total: page.total, query: asked, access })
}
