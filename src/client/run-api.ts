import * as z from 'zod'
import { statusCodes } from '../domain/runs/run-status.ts'
import type { ApiClient } from './api-client.ts'
import { listAll } from './list-all.ts'

const step = z.looseObject({
  index: z.number(),
  name: z.string(),
  status: z.number(),
  logs: z.string().nullable(),
  debug_logs: z.string().nullish(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
})
export type FollowedStep = z.infer<typeof step>

const named = z.looseObject({ name: z.string() }).nullable()

/** Loose: `--json` shows all that the server says. */
const run = z.looseObject({
  id: z.number(),
  job_definition_id: z.number(),
  status: z.number(),
  status_humanized: z.string(),
  status_message: z.string().nullable(),
  href: z.string(),
  job: named,
  environment: named,
  trigger: z.looseObject({ cause: z.string().nullable() }).nullable(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  git_branch: z.string().nullable(),
  git_sha: z.string().nullable(),
  can_retry: z.boolean(),
  retry_not_supported_reason: z.string().nullish(),
})
export type Run = z.infer<typeof run>

const followedRun = z.looseObject({
  id: z.number(),
  status: z.number(),
  status_message: z.string().nullable(),
  href: z.string(),
  blocked_by: z.array(z.number()),
  run_steps: z.array(step),
})
export type FollowedRun = z.infer<typeof followedRun>

const detailedRun = run.extend({ blocked_by: z.array(z.number()), run_steps: z.array(step) })
export type DetailedRun = z.infer<typeof detailedRun>

export function isOver(status: number): boolean {
  return status >= statusCodes.success
}

const started = z.object({ id: z.number(), href: z.string(), job: named })
export type StartedRun = z.infer<typeof started>

export interface RunFilter {
  readonly job_definition_id?: number
  readonly environment_id?: number
  readonly project_id?: number
  readonly statuses?: readonly number[]
}

/** The newest comes first. */
export async function listRuns(client: ApiClient, { statuses, ...filter }: RunFilter, limit: number): Promise<Run[]> {
  const query = {
    ...filter,
    ...(statuses && { status__in: JSON.stringify(statuses) }),
    order_by: '-id',
    include_related: 'job,environment,trigger',
  }
  return listAll(client, await runsPath(client), run, { query, limit })
}

export async function startRun(
  client: ApiClient,
  jobId: number,
  body: Readonly<Record<string, unknown>>,
): Promise<StartedRun> {
  return client.post(`${await client.accountPath()}/jobs/${jobId}/run/`, started, { body })
}

/** A run with its steps and their logs. */
export async function readRun(
  client: ApiClient,
  runId: number,
  { signal, debug }: { signal?: AbortSignal; debug?: boolean } = {},
): Promise<FollowedRun> {
  return client.get(`${await runsPath(client)}${runId}/`, followedRun, {
    query: { include_related: debug ? 'run_steps,debug_logs' : 'run_steps' },
    ...(signal && { signal }),
  })
}

/** A run with all that is told of it. */
export async function readWholeRun(client: ApiClient, runId: number): Promise<DetailedRun> {
  const query = { include_related: 'run_steps,job,environment,trigger' }
  return client.get(`${await runsPath(client)}${runId}/`, detailedRun, { query })
}

const changed = z.looseObject({ id: z.number(), status: z.number(), status_humanized: z.string(), job: named })

export async function cancelRun(client: ApiClient, runId: number): Promise<z.infer<typeof changed>> {
  return client.post(`${await runsPath(client)}${runId}/cancel/`, changed)
}

/** A new run that resumes the failed one. */
export async function retryRun(client: ApiClient, runId: number): Promise<StartedRun> {
  return client.post(`${await runsPath(client)}${runId}/retry/`, started)
}

/** The paths of a run's files; `step` counts from 1. */
export async function listArtifacts(client: ApiClient, runId: number, step?: number): Promise<string[]> {
  const query = step === undefined ? {} : { step }
  return client.get(`${await runsPath(client)}${runId}/artifacts/`, z.array(z.string()), { query })
}

export async function artifactPath(client: ApiClient, runId: number, path: string): Promise<string> {
  return `${await runsPath(client)}${runId}/artifacts/${path.split('/').map(encodeURIComponent).join('/')}`
}

async function runsPath(client: ApiClient): Promise<string> {
  return `${await client.accountPath()}/runs/`
}
