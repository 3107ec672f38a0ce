import type { RunStepRow } from '../../../db/schema/run-steps.ts'
import type { Overview } from '../../../runs/read-overview.ts'
import type { Retryability } from '../../../runs/retryability.ts'
import type { RunRecord } from '../../../runs/run-queries.ts'
import { shorten } from '../../../util/text/one-line.ts'
import type { components } from '../../wire/stratus.generated.ts'
import { isoInstant, nullable } from '../time/wire-dates.ts'
import { presentFailure } from './present-failure.ts'
import { partsOf } from './present-parts.ts'

type Schemas = components['schemas']

const mostText = 300

export function presentOverview(
  run: RunRecord,
  summary: Schemas['RunSummary'],
  { steps, failed, active, neighbours }: Overview,
  { canRetry, reason }: Retryability,
): Schemas['RunOverview'] {
  const { since, ...commit } = run.commit_facts ?? { author: null, subject: null }
  return {
    ...summary,
    worker: run.locked_by,
    can_retry: canRetry,
    retry_not_supported_reason: reason,
    previous_run_id: neighbours.previous_run_id,
    next_run_id: neighbours.next_run_id,
    commit: run.git_sha === null ? null : { sha: run.git_sha, ...commit },
    commits_since: presentCommits(run, neighbours.last_good_sha, since),
    steps: steps.map(presentStep),
    steps_left_out: 0,
    parts: partsOf(run, steps),
    failure: presentFailure(run, summary, steps, failed),
    active_nodes: active.map((node) => ({ ...node, started_at: nullable(isoInstant, node.started_at) })),
  }
}

function presentStep(step: RunStepRow): Schemas['OverviewStep'] {
  const { argv, command } = step
  return {
    index: step.index,
    kind: step.kind,
    name: shorten(step.name, mostText),
    status: step.status,
    status_message: step.status_message === null ? null : shorten(step.status_message, mostText),
    argv: argv === null || argv === command ? null : shorten(argv, mostText),
    started_at: nullable(isoInstant, step.started_at),
    finished_at: nullable(isoInstant, step.finished_at),
  }
}

/** Only between two commits that are known can there be others. */
function presentCommits(
  run: RunRecord,
  lastGoodSha: string | null,
  since: NonNullable<RunRecord['commit_facts']>['since'],
): Schemas['CommitsSince'] | null {
  if (run.status !== 'error' || run.git_sha === null || lastGoodSha === null) return null
  if (lastGoodSha === run.git_sha) return { from: lastGoodSha, to: run.git_sha, commits: [], has_more: false }
  const commits = since === undefined || since.sha !== lastGoodSha ? null : [...since.commits]
  return { from: lastGoodSha, to: run.git_sha, commits, has_more: since?.hasMore ?? false }
}
