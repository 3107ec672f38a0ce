import { type ListedJob, listJobsForTable } from '../../client/job-api.ts'
import { findEnvironmentId, findProjectId, listProjects } from '../../client/place-api.ts'
import { openClient } from '../open-client.ts'
import { statusCell } from '../output/cells.ts'
import { type Cell, print, printJson, table } from '../output/terminal.ts'

interface JobsOptions extends Readonly<Record<string, unknown>> {
  readonly environment?: string
  readonly project?: string
  readonly json?: boolean
}

/** Runs `stratus jobs`. */
export async function jobs(options: JobsOptions): Promise<void> {
  const { environment, project } = options
  using client = await openClient(options)
  const found = await listJobsForTable(client, {
    ...(environment !== undefined && { environment_id: await findEnvironmentId(client, environment) }),
    ...(project !== undefined && { project_id: await findProjectId(client, project) }),
  })
  if (options.json) return printJson(found)
  if (found.length === 0) return print('No jobs.')
  const projects = new Map((await listProjects(client)).map(({ id, name }) => [id, name]))
  const rows = found.map((job) => [
    String(job.id),
    job.name,
    projects.get(job.project_id) ?? String(job.project_id),
    job.environment?.name ?? String(job.environment_id),
    describeSchedule(job),
    ...lastRun(job),
  ])
  print(table([['JOB', 'NAME', 'PROJECT', 'ENVIRONMENT', 'SCHEDULE (UTC)', 'LAST RUN', ''], ...rows]))
}

function describeSchedule({ triggers, schedule, cron_humanized: words }: ListedJob): string {
  if (!triggers.schedule) return '–'
  return words === '' ? schedule.cron : words
}

function lastRun({ most_recent_run: run }: ListedJob): Cell[] {
  return run === null ? ['–', ''] : [String(run.id), statusCell(run)]
}
