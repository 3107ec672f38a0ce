import type { AccountRecord } from '../../definitions/projects/project-queries.ts'
import type { components } from '../wire/v2.generated.ts'
import { instant } from './time/wire-dates.ts'
import { presentState } from './wire-status.ts'

/** What a subscription would decide is free here; the rest are dbt Cloud's defaults, for clients that want every key. */
export function presentAccount(account: AccountRecord, publicUrl: string): components['schemas']['Account'] {
  return {
    id: account.id,
    name: account.name,
    state: presentState(account.state),
    plan: 'enterprise',
    run_slots: account.run_slots,
    developer_seats: 0,
    it_seats: 0,
    explorer_seats: 0,
    analyst_seats: 0,
    read_only_seats: 0,
    locked: false,
    lock_reason: null,
    lock_cause: null,
    unlocked_at: null,
    pending_cancel: false,
    billing_email_address: null,
    pod_memory_request_mebibytes: 600,
    develop_pod_memory_request_mebibytes: 0,
    run_duration_limit_seconds: 86_400,
    queue_limit: 50,
    enterprise_login_slug: null,
    business_critical: false,
    starter_repo_url: null,
    git_auth_level: 'personal',
    identifier: `act_${account.id}`,
    trial_end_date: null,
    // A value would become a prefix of the host in dbt's own MCP server.
    static_subdomain: null,
    vanity_subdomain: null,
    run_locked_until: null,
    copilot_locked_until: null,
    agent_credit_locked: false,
    docs_job_id: null,
    freshness_job_id: null,
    account_migration_events: [],
    groups: [],
    created_at: instant(account.created_at),
    updated_at: instant(account.updated_at),
    unlock_if_subscription_renewed: false,
    enterprise_authentication_method: null,
    enterprise_unique_identifier: null,
    develop_file_system: false,
    sso_reauth: false,
    docs_job: null,
    freshness_job: null,
    enterprise_login_url: `${publicUrl}/`,
  }
}
