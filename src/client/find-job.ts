import type { ApiClient } from './api-client.ts'
import { findNamed, idIn } from './find-named.ts'
import { type Job, listJobs, readJob } from './job-api.ts'

/** A job by its id, or by its name if that is one job's only. */
export async function findJob(client: ApiClient, idOrName: string): Promise<Job> {
  const id = idIn(idOrName)
  if (id !== undefined) return readJob(client, id)
  return findNamed(
    'job',
    await listJobs(client),
    idOrName,
    ({ project_id, environment_id }) => ` (project ${project_id}, environment ${environment_id})`,
  )
}
