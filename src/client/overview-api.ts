import * as z from 'zod'
import type { ApiClient } from './api-client.ts'

const failedNode = z.looseObject({
  name: z.string(),
  resource_type: z.string(),
  path: z.string().nullable(),
  line: z.number().nullable(),
  message: z.string().nullable(),
  owner: z.string().nullable(),
  skipped: z.number().nullable(),
  failing_since_run_id: z.number().nullable(),
  failing_runs: z.number().nullable(),
  last_good_run_id: z.number().nullable(),
})
export type FailedNode = z.infer<typeof failedNode>

const counts = z.looseObject({
  success: z.number(),
  warn: z.number(),
  error: z.number(),
  skipped: z.number(),
  running: z.number(),
})
export type NodeCounts = z.infer<typeof counts>

const overview = z.looseObject({
  counts: counts.nullable(),
  failure: z.looseObject({ total: z.number(), nodes: z.array(failedNode) }).nullable(),
})
export type Overview = z.infer<typeof overview>

const timedNode = z.looseObject({ unique_id: z.string(), name: z.string(), seconds: z.number().nullable() })
const timeline = z.looseObject({ steps: z.array(z.looseObject({ kind: z.string(), nodes: z.array(timedNode) })) })
export type TimedNode = z.infer<typeof timedNode>

export async function readOverview(client: ApiClient, runId: number): Promise<Overview> {
  return client.get(`${await ownRunPath(client, runId)}overview/`, overview)
}

/** The nodes of a run that took longest. Making documentation is no work on a node. */
export async function readSlowestNodes(client: ApiClient, runId: number, most: number): Promise<TimedNode[]> {
  const { steps } = await client.get(`${await ownRunPath(client, runId)}timeline/`, timeline)
  return steps
    .filter(({ kind }) => kind !== 'docs')
    .flatMap(({ nodes }) => nodes)
    .filter(({ seconds }) => seconds !== null && seconds > 0)
    .sort((one, other) => (other.seconds ?? 0) - (one.seconds ?? 0))
    .slice(0, most)
}

async function ownRunPath(client: ApiClient, runId: number): Promise<string> {
  return `/api/stratus/v1/accounts/${await client.accountId()}/runs/${runId}/`
}
