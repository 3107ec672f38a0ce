import type { RunStepRow } from '../../../db/schema/run-steps.ts'
import type { RunRecord } from '../../../runs/run-queries.ts'
import type { TimelineStep } from '../../../runs/timeline/read-timeline.ts'
import type { components } from '../../wire/stratus.generated.ts'
import { isoInstant, nullable } from '../time/wire-dates.ts'

type RunPart = components['schemas']['RunPart']

/**
 * Where the time of the run went, before its steps and in each of them. `before nodes` is what dbt takes from the start of the first
 * step with nodes: to start, to read the project, and to connect.
 */
export function partsOf(run: RunRecord, steps: readonly RunStepRow[], firstNode?: TimelineStep): RunPart[] {
  const part = (name: string, from: Date | null, to: Date | null, step: number | null = null): RunPart[] =>
    from === null
      ? []
      : [{ name, step_index: step, started_at: isoInstant(from), finished_at: nullable(isoInstant, to) }]
  return [
    ...part('queued', run.created_at, run.dequeued_at ?? run.finished_at),
    ...part('starting', run.dequeued_at, run.started_at ?? run.finished_at),
    ...steps.flatMap((step) => [
      ...part(step.kind, step.started_at, step.finished_at, step.index),
      ...(step === firstNode?.step
        ? part('before nodes', step.started_at, firstNode.metrics.first_node_at, step.index)
        : []),
    ]),
  ]
}
