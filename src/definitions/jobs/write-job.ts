import { sql } from 'kysely'
import type { Tx } from '../../db/database.ts'
import type { JobRow } from '../../db/schema/jobs.ts'
import { type GivenJobType, type JobSettings, jobSettingsOf } from '../../domain/job.ts'
import { deriveJobColumns } from '../../domain/job-derivations.ts'
import type { Scenario } from '../../domain/scenarios/scenario.ts'
import { activeState } from '../../domain/state.ts'

export interface WrittenJob {
  readonly accountId: number
  readonly projectId: number
  readonly environmentId: number
  /** A new job without a chosen id gets the next one. */
  readonly id?: number | undefined
  readonly settings: JobSettings
  readonly givenType: GivenJobType | null
  /** Absent, it stays as it was. */
  readonly simulation?: Scenario | null
  /** The row that is replaced, which is active from then on; undefined for a new job. */
  readonly before: JobRow | undefined
  readonly now: Date
}

/** Stores a job with what follows from its settings. Whether it may be so has been asked before. */
export async function writeJob(tx: Tx, job: WrittenJob): Promise<JobRow> {
  const { id, accountId, projectId, environmentId, settings, givenType: given, simulation, before, now } = job
  const columns = {
    ...jobSettingsOf(settings),
    execute_steps: [...settings.execute_steps],
    cost_optimization_features: [...settings.cost_optimization_features],
    schedule: settings.schedule && JSON.stringify(settings.schedule),
    job_completion_trigger: settings.job_completion_trigger && JSON.stringify(settings.job_completion_trigger),
    ...deriveJobColumns(settings, { given, before, now }),
    ...(simulation !== undefined && { simulation: simulation && JSON.stringify(simulation) }),
    environment_id: environmentId,
  }
  if (before === undefined) {
    return await tx
      .insertInto('jobs')
      .values({ ...(id !== undefined && { id }), account_id: accountId, project_id: projectId, ...columns })
      .returningAll()
      .executeTakeFirstOrThrow()
  }
  return await tx
    .updateTable('jobs')
    .set({ ...columns, state: activeState, updated_at: sql<Date>`now()` })
    .where('id', '=', before.id)
    .returningAll()
    .executeTakeFirstOrThrow()
}
