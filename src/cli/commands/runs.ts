import type { ApiClient } from '../../client/api-client.ts'
import { findJob } from '../../client/find-job.ts'
import { findEnvironmentId, findProjectId } from '../../client/place-api.ts'
import { listRuns, type RunFilter } from '../../client/run-api.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { statusCodes } from '../../domain/runs/run-status.ts'
import { openClient } from '../open-client.ts'
import { durationCell, statusCell, timeCell } from '../output/cells.ts'
import { print, printJson, table } from '../output/terminal.ts'
import { wholeNumber } from '../whole-number.ts'

interface RunsOptions extends Readonly<Record<string, unknown>> {
  readonly job?: string
  readonly environment?: string
  readonly project?: string
  readonly status?: readonly string[]
  readonly limit: string
  readonly json?: boolean
}

/** `stratus runs`: the newest first. */
export async function runs(options: RunsOptions): Promise<void> {
  const statuses = options.status?.map(parseStatus)
  const limit = wholeNumber('--limit', options.limit)
  using client = await openClient(options)
  const filter = { ...(await filterOf(client, options)), ...(statuses && { statuses }) }
  const found = await listRuns(client, filter, limit)
  if (options.json) return printJson(found)
  if (found.length === 0) return print('No runs.')
  const rows = found.map((run) => [
    String(run.id),
    run.job?.name ?? `job ${run.job_definition_id}`,
    run.environment?.name ?? '',
    statusCell(run),
    timeCell(run.created_at),
    durationCell(run),
    run.trigger?.cause ?? '',
  ])
  print(table([['RUN', 'JOB', 'ENVIRONMENT', 'STATUS', 'QUEUED AT', 'TOOK', 'CAUSE'], ...rows]))
}

async function filterOf(client: ApiClient, { job, environment, project }: RunsOptions): Promise<RunFilter> {
  return {
    ...(job !== undefined && { job_definition_id: (await findJob(client, job)).id }),
    ...(environment !== undefined && { environment_id: await findEnvironmentId(client, environment) }),
    ...(project !== undefined && { project_id: await findProjectId(client, project) }),
  }
}

function parseStatus(text: string): number {
  const codes = new Map<string, number>(Object.entries(statusCodes))
  const code = codes.get(text.toLowerCase())
  if (code !== undefined) return code
  throw new InvalidRequestError(`--status: got "${text}", expected one of ${[...codes.keys()].join(', ')}.`)
}
