import * as z from 'zod'
import type { ApiClient } from './api-client.ts'

const step = z.object({
  index: z.number(),
  name: z.string(),
  status: z.number(),
  logs: z.string().nullable(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
})
export type FollowedStep = z.infer<typeof step>

const run = z.object({
  id: z.number(),
  status: z.number(),
  status_message: z.string().nullable(),
  href: z.string(),
  blocked_by: z.array(z.number()),
  run_steps: z.array(step),
})
export type FollowedRun = z.infer<typeof run>

/** The wire's numbers: 1 queued, 2 starting, 3 running, 10 success, 20 error, 30 cancelled. */
export const wireStatus = { queued: 1, starting: 2, running: 3, success: 10, error: 20, cancelled: 30 } as const

export function isOver(status: number): boolean {
  return status >= wireStatus.success
}

const started = z.object({ id: z.number(), href: z.string() })

export async function startRun(
  client: ApiClient,
  jobId: number,
  body: Readonly<Record<string, unknown>>,
): Promise<z.infer<typeof started>> {
  return client.post(`/api/v2/accounts/${await client.accountId()}/jobs/${jobId}/run/`, started, { body })
}

export async function readRun(client: ApiClient, runId: number, signal?: AbortSignal): Promise<FollowedRun> {
  return client.get(`/api/v2/accounts/${await client.accountId()}/runs/${runId}/`, run, {
    query: { include_related: 'run_steps' },
    ...(signal && { signal }),
  })
}

export async function cancelRun(client: ApiClient, runId: number): Promise<void> {
  await client.post(`/api/v2/accounts/${await client.accountId()}/runs/${runId}/cancel/`, z.unknown())
}
