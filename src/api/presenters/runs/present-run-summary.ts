import type { NodeCounts } from '../../../domain/runs/node-counts.ts'
import type { DurationSummary } from '../../../runs/history/summarize-runs.ts'
import type { RunRecord } from '../../../runs/run-queries.ts'
import type { RunRelations } from '../../../runs/run-relations.ts'
import type { Waiting } from '../../../runs/waiting-reasons.ts'
import { shorten } from '../../../util/text/one-line.ts'
import type { components } from '../../wire/stratus.generated.ts'
import { isoInstant, nullable } from '../time/wire-dates.ts'
import { runHref } from './run-href.ts'

export interface RunContext {
  readonly jobName: string
  readonly environmentName: string
  readonly counts: NodeCounts | undefined
  readonly relations: RunRelations | undefined
  readonly usual: DurationSummary | undefined
  readonly waiting: Waiting | undefined
  readonly publicUrl: string
}

/** A list shows so much of a message and of a cause. */
const mostMessage = 300

export function presentRunSummary(run: RunRecord, context: RunContext): components['schemas']['RunSummary'] {
  const { relations, usual, waiting, counts } = context
  return {
    id: run.id,
    project_id: run.project_id,
    job: { id: run.job_id, name: context.jobName },
    environment: { id: run.environment_id, name: context.environmentName },
    status: run.status,
    status_message: run.status_message === null ? null : shorten(run.status_message, mostMessage),
    counts: counts === undefined ? null : presentCounts(counts),
    cause: shorten(run.cause, mostMessage),
    cause_category: run.cause_category,
    orchestrator:
      run.orchestrator === null ? null : { dag_id: run.orchestrator.dag_id, task_id: run.orchestrator.task_id },
    git_branch: run.git_branch === null ? null : shorten(run.git_branch, mostMessage),
    git_sha: run.git_sha,
    dbt_version: run.dbt_version,
    created_at: isoInstant(run.created_at),
    dequeued_at: nullable(isoInstant, run.dequeued_at),
    started_at: nullable(isoInstant, run.started_at),
    finished_at: nullable(isoInstant, run.finished_at),
    retrying_run_id: run.retrying_run_id,
    resumed_by_run_id: relations?.resumed_by_run_id ?? null,
    fixed_by_run_id: relations?.fixed_by_run_id ?? null,
    failing_since_run_id: relations?.failing_since_run_id ?? null,
    failing_since: nullable(isoInstant, relations?.failing_since ?? null),
    last_good_run_id: relations?.last_good_run_id ?? null,
    usual: usual ?? null,
    waiting: waiting === undefined ? null : { ...waiting, blocked_by: [...waiting.blocked_by] },
    href: runHref(run, context.publicUrl),
  }
}

export function presentCounts(counts: NodeCounts): components['schemas']['NodeCounts'] {
  const { success, warn, error, skipped, running } = counts
  return { success, warn, error, skipped, running, total: success + warn + error + skipped + running }
}
