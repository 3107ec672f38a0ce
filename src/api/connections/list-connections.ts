import * as z from 'zod'
import { listConnections as findConnections } from '../../definitions/connections/connection-queries.ts'
import { getProject } from '../../definitions/projects/project-queries.ts'
import { v2, v3, v3Project } from '../http/account-paths.ts'
import { none, operation } from '../http/operation.ts'
import { replyWithPage } from '../http/replies/reply-with-page.ts'
import { both, orderBy, paging, pathId, state, stateNumber } from '../inputs/list-query.ts'
import { queryInt, queryInts, queryText } from '../inputs/query-fields.ts'
import { adapterOf } from './connection-body.ts'
import { formOf, loadConnections } from './load-connections.ts'

/** v2 lists those of the account, flat; v3 those of a project, or of the account, each in its own shape. */
export const listConnections = operation({
  operationId: 'List Connections',
  method: 'get',
  path: [
    `${v2}connections/`,
    `${v3Project}connections/`,
    { operationId: 'List Account Connections', path: `${v3}connections/` },
  ],
  permission: 'projects:read',
  params: z.object({ account_id: pathId, project_id: pathId.optional() }),
  query: z.object({
    ...paging,
    state,
    order_by: orderBy(['id', 'name', 'created_at', 'updated_at', 'project_id']),
    pk: queryInt(),
    pk__in: queryInts(),
    project_id: queryInt(),
    project_id__in: queryInts(),
    name: queryText(),
    name__icontains: queryText(),
    adapter_version: queryText(),
  }),
  body: none,
  async handler(ctx, { version, params, query, access }) {
    const { project_id: projectId } = params
    if (projectId !== undefined) await getProject(ctx.db, params.account_id, projectId)
    const page = await findConnections(
      ctx.db,
      access,
      {
        ids: both(query.pk, query.pk__in),
        projectIds: both(projectId ?? query.project_id, query.project_id__in),
        name: query.name,
        nameContains: query.name__icontains,
        type: adapterOf({ adapter_version: query.adapter_version }),
        state: stateNumber(query.state),
      },
      { limit: query.limit, offset: query.offset, ordering: query.order_by },
    )
    return replyWithPage({
      items: await loadConnections(ctx, page.rows, formOf(version, params)),
      total: page.total,
      query,
      access,
    })
  },
})
