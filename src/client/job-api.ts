import * as z from 'zod'
import type { ApiClient } from './api-client.ts'
import { listAll } from './list-all.ts'

const job = z.looseObject({ id: z.number(), name: z.string(), project_id: z.number(), environment_id: z.number() })
export type Job = z.infer<typeof job>

const listedJob = job.extend({
  environment: z.looseObject({ name: z.string() }).nullable(),
  triggers: z.looseObject({ schedule: z.boolean() }),
  schedule: z.looseObject({ cron: z.string() }),
  cron_humanized: z.string(),
  most_recent_run: z.looseObject({ id: z.number(), status: z.number(), status_humanized: z.string() }).nullable(),
})
export type ListedJob = z.infer<typeof listedJob>

export interface JobFilter {
  readonly project_id?: number
  readonly environment_id?: number
}

export async function readJob(client: ApiClient, id: number): Promise<Job> {
  return client.get(`${await client.accountPath()}/jobs/${id}/`, job)
}

export async function listJobs(client: ApiClient): Promise<Job[]> {
  return listAll(client, `${await client.accountPath()}/jobs/`, job)
}

/** A table of jobs also shows their environments and latest runs. */
export async function listJobsForTable(client: ApiClient, filter: JobFilter): Promise<ListedJob[]> {
  const query = { ...filter, include_related: 'environment,most_recent_run' }
  return listAll(client, `${await client.accountPath()}/jobs/`, listedJob, { query })
}
