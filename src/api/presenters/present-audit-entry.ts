import type { AuditRecord } from '../../audit/audit-entries.ts'
import type { components } from '../wire/v3.generated.ts'
import { spacedInstant } from './time/wire-dates.ts'

/** An entry in dbt Cloud's newer words, and beside them the older ones that command lines still print. */
export function presentAuditEntry(entry: AuditRecord): components['schemas']['AuditLog'] {
  const { actor } = entry
  const actorId = actor.id === null ? null : String(actor.id)
  const type = entry.operation.toLowerCase().replaceAll(' ', '_')
  return {
    id: String(entry.id),
    account_id: entry.account_id,
    source: actor.type === 'system' ? 'system' : 'api',
    service: 'stratus',
    actor: { id: actorId, type: actor.type, name: actor.name, ip: actor.ip ?? null },
    event_type: type,
    event_label: entry.operation,
    event_context: {
      ...entry.context,
      project_id: entry.project_id,
      target_id: entry.target_id,
      status: entry.status,
    },
    created_at: spacedInstant(entry.logged_at),
    logged_at: spacedInstant(entry.logged_at),
    method: entry.method,
    actor_type: actor.type,
    actor_id: actor.id,
    actor_name: actor.name,
    actor_ip: actor.ip ?? null,
    internal: false,
  }
}
