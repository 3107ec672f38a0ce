import * as z from 'zod'
import { InvalidRequestError, NotFoundError } from '../domain/errors.ts'
import type { ApiClient } from './api-client.ts'

const job = z.object({ id: z.number(), name: z.string(), project_id: z.number(), environment_id: z.number() })
type Job = z.infer<typeof job>

const pageSize = 100

/** A job by its id, or by its name if that is one job's only; letter case counts where it makes the difference. */
export async function findJob(client: ApiClient, idOrName: string): Promise<Job> {
  const account = `/api/v2/accounts/${await client.accountId()}`
  if (/^\d{1,15}$/.test(idOrName)) return client.get(`${account}/jobs/${idOrName}/`, job)
  const jobs = await listJobs(client, account)
  const exact = jobs.filter(({ name }) => name === idOrName)
  const alike = jobs.filter(({ name }) => name.toLowerCase() === idOrName.toLowerCase())
  const found = exact.length > 0 ? exact : alike
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  if (only === undefined) throw new NotFoundError(`There is no job "${idOrName}". ${describeAll(jobs)}`)
  throw new InvalidRequestError(`${found.length} jobs are called "${idOrName}". Give the id of one:\n${lines(found)}`)
}

async function listJobs(client: ApiClient, account: string): Promise<Job[]> {
  const jobs: Job[] = []
  for (;;) {
    const page = await client.get(`${account}/jobs/`, z.array(job), { query: { limit: pageSize, offset: jobs.length } })
    jobs.push(...page)
    if (page.length < pageSize) return jobs
  }
}

function describeAll(jobs: readonly Job[]): string {
  if (jobs.length === 0) return 'The server has no jobs: add some with "stratus apply".'
  const shown = jobs.slice(0, 20)
  return `The server has:\n${lines(shown)}${jobs.length > shown.length ? `\n  and ${jobs.length - shown.length} more` : ''}`
}

function lines(jobs: readonly Job[]): string {
  return jobs
    .map(
      ({ id, name, project_id, environment_id }) =>
        `  ${id}  ${name} (project ${project_id}, environment ${environment_id})`,
    )
    .join('\n')
}
