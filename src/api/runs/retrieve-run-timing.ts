import * as z from 'zod'
import { NotFoundError } from '../../domain/errors.ts'
import { readRunTiming } from '../../runs/run-timing.ts'
import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import { pathId } from '../inputs/list-query.ts'
import { nullable, spacedInstant } from '../presenters/time/wire-dates.ts'
import type { components } from '../wire/v3.generated.ts'
import { findRunOrThrow } from './find-run-or-throw.ts'

export const retrieveRunTiming = operation({
  operationId: 'Retrieve Run Timing',
  method: 'get',
  path: '/api/v3/accounts/:account_id/projects/:project_id/runs/:run_id/timing/',
  permission: 'runs:read',
  params: z.object({ account_id: pathId, project_id: pathId, run_id: pathId }),
  query: none,
  body: none,
  async handler(ctx, { params }) {
    const run = await findRunOrThrow(ctx, params)
    if (run.project_id !== params.project_id) throw new NotFoundError(`There is no run ${run.id} in this project.`)
    const steps = await readRunTiming(ctx.db, run.id)
    const timing: components['schemas']['RunTiming'] = {
      run_id: run.id,
      started_at: nullable(spacedInstant, run.started_at),
      finished_at: nullable(spacedInstant, run.finished_at),
      steps: steps.map(({ step, nodes }) => ({
        index: step.index,
        name: step.name,
        started_at: nullable(spacedInstant, step.started_at),
        finished_at: nullable(spacedInstant, step.finished_at),
        nodes: nodes === null ? null : [...nodes],
      })),
    }
    return ok(timing)
  },
})
