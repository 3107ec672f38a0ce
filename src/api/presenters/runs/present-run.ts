import { isFinalStatus } from '../../../domain/runs/run-status.ts'
import { humanizeSeconds } from '../../../domain/text/humanize-duration.ts'
import type { Retryability } from '../../../runs/retryability.ts'
import type { RunRecord } from '../../../runs/run-queries.ts'
import type { components } from '../../wire/v2.generated.ts'
import { unknownDbtVersion } from '../present-environment.ts'
import { clockDuration, humanPast, secondsBetween } from '../time/durations.ts'
import { nullable, spacedInstant } from '../time/wire-dates.ts'
import { wireRunStatuses } from '../wire-status.ts'
import { runHref } from './run-href.ts'

type Schemas = components['schemas']

/** `include_related` adds these; an absent one was not asked for. */
export interface RunRelated {
  readonly trigger?: Schemas['Trigger'] | undefined
  readonly job?: Schemas['RunJob'] | undefined
  readonly environment?: Schemas['Environment'] | undefined
  readonly repository?: Schemas['SpacedRepository'] | null | undefined
  readonly steps?: readonly Schemas['RunStep'][] | undefined
  readonly retries?: readonly Schemas['RunRetry'][] | undefined
  readonly audit?: Schemas['RunAudit'] | undefined
  readonly repoCache?: { readonly used?: true; readonly restore?: true } | undefined
}

export interface RunPresentation {
  readonly related: RunRelated
  readonly retryability: Retryability
  readonly blockedBy: readonly number[]
  readonly publicUrl: string
  readonly now: Date
}

export function presentRun(
  run: RunRecord,
  { related, retryability, blockedBy, publicUrl, now }: RunPresentation,
): Schemas['Run'] {
  return {
    id: run.id,
    trigger_id: run.id,
    account_id: run.account_id,
    environment_id: run.environment_id,
    project_id: run.project_id,
    job_definition_id: run.job_id,
    job_id: run.job_id,
    ...statusFields(run),
    dbt_version: run.dbt_version ?? unknownDbtVersion,
    git_branch: run.git_branch,
    git_sha: run.git_sha,
    status_message: statusMessage(run, publicUrl),
    owner_thread_id: null,
    executed_by_thread_id: run.locked_by,
    artifact_s3_path: null,
    deferring_run_id: null,
    retrying_run_id: run.retrying_run_id,
    artifacts_saved: run.artifacts_saved,
    has_docs_generated: run.has_docs_generated,
    has_sources_generated: run.has_sources_generated,
    notifications_sent: false,
    blocked_by: [...blockedBy],
    created_at: spacedInstant(run.created_at),
    updated_at: spacedInstant(run.updated_at),
    dequeued_at: nullable(spacedInstant, run.dequeued_at),
    started_at: nullable(spacedInstant, run.started_at),
    finished_at: nullable(spacedInstant, run.finished_at),
    last_checked_at: null,
    last_heartbeat_at: nullable(spacedInstant, run.last_heartbeat_at),
    should_start_at: spacedInstant(run.should_start_at),
    ...durationFields(run, now),
    trigger: related.trigger ?? null,
    job: related.job ?? null,
    environment: related.environment ?? null,
    ...(related.repository !== undefined && { repository: related.repository }),
    run_steps: [...(related.steps ?? [])],
    ...(related.retries !== undefined && { run_retries: [...related.retries] }),
    deprecation: null,
    audit: related.audit ?? null,
    can_retry: retryability.canRetry,
    retry_not_supported_reason: retryability.reason,
    href: runHref(run, publicUrl),
    // Mirrors of repositories are always used here, and never instead of a repository that cannot be reached.
    used_repo_cache: related.repoCache?.used === true ? false : null,
    ...(related.repoCache?.restore === true && { repo_cache_restore: null }),
  }
}

function statusFields({ status }: RunRecord) {
  const { code, word } = wireRunStatuses[status]
  return {
    status: code,
    status_humanized: word,
    in_progress: !isFinalStatus(status),
    is_complete: isFinalStatus(status),
    is_success: status === 'success',
    is_error: status === 'error',
    is_cancelled: status === 'cancelled',
    is_running: status === 'running',
  }
}

/** A phase that has not ended counts as zero, as in dbt Cloud. */
function durationFields(run: RunRecord, now: Date) {
  const total = secondsBetween(run.created_at, run.finished_at)
  const queued = secondsBetween(run.created_at, run.started_at)
  const running = secondsBetween(run.started_at, run.finished_at)
  return {
    duration: clockDuration(total),
    queued_duration: clockDuration(queued),
    run_duration: clockDuration(running),
    duration_humanized: humanizeSeconds(total),
    queued_duration_humanized: humanizeSeconds(queued),
    run_duration_humanized: humanizeSeconds(running),
    created_at_humanized: humanPast(run.created_at, now),
    finished_at_humanized: run.finished_at === null ? '0 minutes from now' : humanPast(run.finished_at, now),
  }
}

/** Airflow's provider writes it into the log of the task that failed, and no address of its own. */
function statusMessage(run: RunRecord, publicUrl: string): string | null {
  if (run.status !== 'error' || run.status_message === null) return run.status_message
  return `${run.status_message.replace(/[^.!?…]$/, '$&.')} See ${runHref(run, publicUrl)}`
}
