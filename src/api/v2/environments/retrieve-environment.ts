import { z } from 'zod'
import { NotFoundError } from '../../../domain/errors.ts'
import { findEnvironment } from '../../../projects/environment-queries.ts'
import { pathId } from '../../inputs/list-query.ts'
import { none, operation } from '../../operation.ts'
import { presentEnvironment } from '../../presenters/present-environment.ts'
import { ok } from '../../reply.ts'
import { withProjects } from '../../with-projects.ts'

export const retrieveEnvironment = operation({
  operationId: 'Retrieve Environment',
  method: 'get',
  path: '/api/v2/accounts/:account_id/environments/:environment_id/',
  permission: 'jobs:read',
  params: z.object({ account_id: pathId, environment_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { params }) {
    const environment = await findEnvironment(ctx.db, params.account_id, params.environment_id)
    if (environment === undefined) throw new NotFoundError(`There is no environment ${params.environment_id}.`)
    const [described] = await withProjects(ctx, [environment], presentEnvironment)
    return ok(described)
  },
})
