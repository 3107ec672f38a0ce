import type { CredentialsRecord } from '../../definitions/connections/connection-queries.ts'
import { withoutCredentials } from '../../domain/secrets/without-credentials.ts'
import type { components } from '../wire/v3.generated.ts'
import { defaultThreads, noTarget } from './present-job.ts'
import { spacedInstant } from './time/wire-dates.ts'

/** Details that are no secrets stand beside the fixed keys, and again in `unencrypted_credential_details`, which adapters' forms read. */
export function presentCredentials(credentials: CredentialsRecord): components['schemas']['Credentials'] {
  const { type } = credentials
  const details = withoutCredentials(credentials.details)
  const threads = credentials.threads ?? defaultThreads
  const target_name = credentials.target_name ?? noTarget
  return {
    ...details,
    id: credentials.id,
    account_id: credentials.account_id,
    project_id: credentials.project_id,
    type,
    threads,
    target_name,
    adapter_version: String(details.adapter_version ?? derivedAdapterVersion(type)),
    state: credentials.state,
    created_at: spacedInstant(credentials.created_at),
    updated_at: spacedInstant(credentials.updated_at),
    unencrypted_credential_details: { ...details, threads, target_name },
  }
}

/** Clients expect a version even where nobody gave one. */
export function derivedAdapterVersion(type: string): string {
  return `${type}_v0`
}
