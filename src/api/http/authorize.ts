import type { Request } from 'express'
import { findProjectOfEnvironment } from '../../definitions/environments/environment-queries.ts'
import { findProjectOfJob } from '../../definitions/jobs/job-queries.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { findProjectOfRun } from '../../runs/run-queries.ts'
import { findProjectOfStep } from '../../runs/step-queries.ts'
import type { ApiContext } from '../api-context.ts'
import { type Access, accessOf, assertHeldSomewhere, type Caller } from './access.ts'
import type { Operation } from './operation.ts'

/**
 * The one place that decides what a token may do. Everything that a path names is looked at: what is outside the
 * token's account or projects does not exist for it (404), what is inside needs the operation's permission (403).
 */
export async function authorize(
  ctx: Pick<ApiContext, 'db'>,
  operation: Operation,
  request: Request,
  caller: Caller,
): Promise<Access> {
  const access = accessOf(caller, operation.permission)
  const { account_id: accountId, ...ids } = request.params
  if (accountId !== undefined && accountId !== String(caller.account_id)) {
    throw new NotFoundError('There is no such account for this token.')
  }
  // A permission for the whole account needs no look at the project; the operation finds out what does not exist.
  if (access.projectIds === null) return access
  const projects = await Promise.all(
    Object.entries(projectFinders).flatMap(([name, find]) => {
      const id = ids[name]
      return typeof id === 'string' ? [find(ctx.db, caller.account_id, numericId(id))] : []
    }),
  )
  for (const project of projects) access.assertProject(project)
  if (projects.length === 0) assertHeldSomewhere(access, operation.permission)
  return access
}

type FindProject = (db: ApiContext['db'], accountId: number, id: number) => Promise<number | undefined>

const projectFinders: Readonly<Record<string, FindProject>> = {
  project_id: async (_db, _accountId, projectId) => projectId,
  environment_id: findProjectOfEnvironment,
  job_id: findProjectOfJob,
  run_id: findProjectOfRun,
  step_id: findProjectOfStep,
}

function numericId(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new NotFoundError('There is no such resource.')
  return Number(text)
}
