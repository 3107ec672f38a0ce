import type { Actor } from '../../../domain/actor.ts'
import type { RunRecord } from '../../../runs/run-queries.ts'
import type { components } from '../../wire/v2.generated.ts'
import { spacedInstant } from '../time/wire-dates.ts'
import { wireRunStatuses } from '../wire-status.ts'
import { runHref } from './run-href.ts'

type Schemas = components['schemas']

/** Says who queued a run, why, and who cancelled it; null where nobody did, or where it was not recorded. */
export function presentRunAudit(run: RunRecord): Schemas['RunAudit'] {
  return {
    trigger: presentEvent(run.triggered_by),
    cancellation: presentEvent(run.cancelled_by),
    upstream_run_id: run.upstream_run_id,
    orchestrator: run.orchestrator,
  }
}

function presentEvent(actor: Actor | null): Schemas['RunAuditEvent'] | null {
  if (actor === null) return null
  return { actor: { id: actor.id === null ? null : String(actor.id), type: actor.type, name: actor.name } }
}

/** A run that resumes another one, in short. */
export function presentRunRetry(run: RunRecord, publicUrl: string): Schemas['RunRetry'] {
  const { code, word } = wireRunStatuses[run.status]
  return {
    id: run.id,
    retrying_run_id: run.retrying_run_id,
    status: code,
    status_humanized: word,
    created_at: spacedInstant(run.created_at),
    href: runHref(run, publicUrl),
  }
}
