import { sql } from 'kysely'
import type { Db, Tx } from '../db/database.ts'
import type { RunRow } from '../db/schema/runs.ts'
import { canBeResumed } from '../domain/dbt-command/can-be-resumed.ts'
import { failedCommandOf } from '../domain/runs/plan-steps.ts'
import type { RetryNotSupportedReason } from '../domain/runs/retry-not-supported.ts'

export interface Retryability {
  readonly canRetry: boolean
  readonly reason: RetryNotSupportedReason | null
}

interface FailedRunFacts {
  id: number
  is_latest: boolean
  dbt_version: string | null
  steps: Array<{
    index: number
    kind: 'command'
    status: string
    name: string
    command: string | null
    has_results: boolean
  }>
}

/** Tells why one run can be retried from its failure or not. */
export async function retryabilityOfOne(db: Db | Tx, run: Pick<RunRow, 'id' | 'status'>): Promise<Retryability> {
  return (await retryabilityOf(db, [run])).get(run.id) ?? { canRetry: false, reason: null }
}

/** Tells why each run can be retried from its failure or not, with one query for all, and none when no run failed. */
export async function retryabilityOf(
  db: Db | Tx,
  runs: ReadonlyArray<Pick<RunRow, 'id' | 'status'>>,
): Promise<Map<number, Retryability>> {
  const answers = new Map(runs.map((run) => [run.id, no('RETRY_NOT_FAILED_RUN')]))
  const failed = runs.filter((run) => run.status === 'error').map((run) => run.id)
  if (failed.length === 0) return answers
  const { rows } = await sql<FailedRunFacts>`
    select
      runs.id,
      runs.dbt_version,
      not exists (select from runs as later where later.job_id = runs.job_id and later.id > runs.id) as is_latest,
      coalesce((
        select json_agg(json_build_object(
          'index', run_steps.index, 'kind', run_steps.kind, 'status', run_steps.status, 'name', run_steps.name,
          'command', run_steps.command,
          'has_results', exists (
            select from run_artifacts
            where run_artifacts.run_id = run_steps.run_id and run_artifacts.step_index = run_steps.index
              and run_artifacts.path = 'run_results.json'
          )
        ) order by run_steps.index)
        from run_steps where run_steps.run_id = runs.id
      ), '[]') as steps
    from runs
    where runs.id = any(${failed})
  `.execute(db)
  for (const row of rows) answers.set(row.id, judge(row))
  return answers
}

function judge(run: FailedRunFacts): Retryability {
  if (!run.is_latest) return no('RETRY_NOT_LATEST_RUN')
  if (run.dbt_version !== null && /^(0\.|1\.[0-5]\.)/.test(run.dbt_version)) return no('RETRY_UNSUPPORTED_VERSION')
  const command = failedCommandOf(run.steps)
  if (command === undefined) return no('RETRY_NO_RUN_RESULTS')
  if (!canBeResumed(command.command)) return no('RETRY_UNSUPPORTED_CMD')
  const hasResults = run.steps.some((step) => step.index === command.index && step.has_results)
  return hasResults ? { canRetry: true, reason: null } : no('RETRY_NO_RUN_RESULTS')
}

function no(reason: RetryNotSupportedReason): Retryability {
  return { canRetry: false, reason }
}
