import { InvalidRequestError } from '../../../domain/errors.ts'
import { type Access, accessOf } from '../../access.ts'

/**
 * Throws InvalidRequestError when the token may not read the project of the job that another one shall wait for: the
 * same answer as for a job that is not there, which is found out where jobs are written.
 */
export function assertMayAwait({ caller }: Access, jobId: number, projectId: number | undefined): void {
  const { projectIds } = accessOf(caller, 'jobs:read')
  if (projectId === undefined || projectIds === null || projectIds.includes(projectId)) return
  const message = `Expected the id of a job of this account. Got ${jobId}.`
  throw new InvalidRequestError(message, { fields: { 'job_completion_trigger_condition.condition.job_id': message } })
}
