import * as z from 'zod'
import { type ConnectionRecord, listConnections } from '../../definitions/connections/connection-queries.ts'
import { getProject } from '../../definitions/projects/project-queries.ts'
import type { ApiContext } from '../api-context.ts'
import { none, type Operation, operation } from '../http/operation.ts'
import { replyWithPage } from '../http/reply-with-page.ts'
import { both, orderBy, paging, pathId, state, stateNumber } from '../inputs/list-query.ts'
import { queryInt, queryInts, queryText } from '../inputs/query-fields.ts'
import { adapterOf } from './connection-body.ts'

interface Listing {
  readonly operationId: string
  readonly path: string
  describe(ctx: ApiContext, connections: readonly ConnectionRecord[]): readonly unknown[] | Promise<readonly unknown[]>
}

/** v2 lists those of the account, flat; v3 those of a project, or of the account, each in its own shape. */
export function listConnectionsAt({ operationId, path, describe }: Listing): Operation {
  return operation({
    operationId,
    method: 'get',
    path,
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
    async handler(ctx, { params, query, access }) {
      const { project_id: projectId } = params
      if (projectId !== undefined) await getProject(ctx.db, params.account_id, projectId)
      const page = await listConnections(
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
      return replyWithPage({ items: await describe(ctx, page.rows), total: page.total, query, access })
    },
  })
}
