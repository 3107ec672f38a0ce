import type { RunStepRow } from '../../../db/schema/run-steps.ts'
import type { FailedNode } from '../../../runs/run-failures.ts'
import type { RunRecord } from '../../../runs/run-queries.ts'
import { shorten } from '../../../util/text/one-line.ts'
import type { components } from '../../wire/stratus.generated.ts'
import { isoInstant, nullable } from '../time/wire-dates.ts'

type Schemas = components['schemas']

const mostMessage = 2_000

/** Tells what went wrong: the nodes that failed, or else the step or the run itself. Null while nothing has. */
export function presentFailure(
  run: RunRecord,
  { counts }: Schemas['RunSummary'],
  steps: readonly RunStepRow[],
  failed: readonly FailedNode[],
): Schemas['RunFailure'] | null {
  const step = steps.find(({ status, kind }) => status === 'error' && kind !== 'docs' && kind !== 'freshness')
  const isFailed = run.status === 'error' || run.status === 'cancelled'
  if (failed.length === 0 && !isFailed) return null
  return {
    kind: kindOf(run, step, failed),
    step_index: failed[0]?.step_index ?? step?.index ?? null,
    message: run.status_message === null ? null : shorten(run.status_message, mostMessage),
    cancelled_by: run.cancelled_by?.name ?? null,
    total: counts?.error ?? failed.length,
    skipped: counts?.skipped ?? 0,
    exposures: [...new Set(failed.flatMap(({ facts }) => facts?.exposures ?? []))].slice(0, 10),
    exposure_count: Math.max(0, ...failed.map(({ facts }) => facts?.exposure_count ?? 0)),
    nodes: failed.map(presentFailedNode),
  }
}

function kindOf(
  run: RunRecord,
  step: RunStepRow | undefined,
  failed: readonly FailedNode[],
): Schemas['RunFailure']['kind'] {
  if (run.status === 'cancelled') return run.cancelled_by === null ? 'timeout' : 'cancelled'
  if (failed.length > 0) return failed.every(({ status }) => status === 'fail') ? 'test' : 'node'
  // A step that was going on when its worker was lost ends with the run's own message.
  return step === undefined || step.status_message === run.status_message ? 'run' : 'step'
}

function presentFailedNode({ facts, ...node }: FailedNode): Schemas['FailedNode'] {
  const { excerpt } = facts ?? {}
  return {
    unique_id: node.unique_id,
    name: node.name,
    resource_type: node.resource_type,
    step_index: node.step_index,
    status: node.status,
    path: node.path,
    line: facts?.line ?? null,
    message: node.message,
    rows_failed: node.failures,
    group: node.group_name,
    owner: node.owner,
    compiled_path: facts?.compiled_path ?? null,
    excerpt: excerpt ? { ...excerpt, line: excerpt.line ?? null, lines: [...excerpt.lines] } : null,
    skipped: facts?.skipped ?? null,
    exposures: [...(facts?.exposures ?? [])],
    failing_since_run_id: facts?.failing_since_run_id ?? null,
    failing_since: nullable(isoInstant, node.failing_since),
    failing_runs: facts?.failing_runs ?? null,
    last_good_run_id: facts?.last_good_run_id ?? null,
  }
}
