import { findEnvironmentsByIds } from '../../definitions/environments/environment-queries.ts'
import { findJobsByIds } from '../../definitions/jobs/job-queries.ts'
import { findNodeCounts } from '../../runs/node-counts.ts'
import type { RunRecord } from '../../runs/run-queries.ts'
import { findRunRelations } from '../../runs/run-relations.ts'
import { findUsualDurations } from '../../runs/usual-durations.ts'
import { findWaitingReasons } from '../../runs/waiting-reasons.ts'
import type { ApiContext } from '../api-context.ts'
import { presentRunSummary } from '../presenters/runs/present-run-summary.ts'
import type { components } from '../wire/stratus.generated.ts'

/** Runs as a list shows them, with one query for each kind of what stands beside them. */
export async function loadRunSummaries(
  { db, publicUrl }: Pick<ApiContext, 'db' | 'publicUrl'>,
  accountId: number,
  runs: readonly RunRecord[],
): Promise<components['schemas']['RunSummary'][]> {
  if (runs.length === 0) return []
  const idsOf = (column: 'id' | 'job_id' | 'environment_id') => [...new Set(runs.map((run) => run[column]))]
  const [jobs, environments, counts, relations, usual, waiting] = await Promise.all([
    findJobsByIds(db, idsOf('job_id')),
    findEnvironmentsByIds(db, idsOf('environment_id')),
    findNodeCounts(db, runs),
    findRunRelations(db, idsOf('id')),
    findUsualDurations(db, accountId, idsOf('job_id')),
    findWaitingReasons(db, accountId, runs),
  ])
  const jobNames = namesOf(jobs)
  const environmentNames = namesOf(environments)
  return runs.map((run) =>
    presentRunSummary(run, {
      jobName: jobNames.get(run.job_id) ?? '',
      environmentName: environmentNames.get(run.environment_id) ?? '',
      counts: counts.get(run.id),
      relations: relations.get(run.id),
      usual: usual.get(run.job_id),
      waiting: waiting.get(run.id),
      publicUrl: publicUrl(),
    }),
  )
}

function namesOf(rows: readonly { readonly id: number; readonly name: string }[]): Map<number, string> {
  return new Map(rows.map(({ id, name }) => [id, name]))
}
