import type { RunRecord } from '../../../runs/run-queries.ts'
import type { components } from '../../wire/v2.generated.ts'
import { spacedInstant } from '../time/wire-dates.ts'

/** A run and its trigger are one row, so that the trigger has the run's id. */
export function presentTrigger(run: RunRecord): components['schemas']['Trigger'] {
  const { overrides } = run
  return {
    id: run.id,
    cause: run.cause,
    job_definition_id: run.job_id,
    git_branch: overrides.git_branch ?? null,
    git_sha: overrides.git_sha ?? null,
    azure_pull_request_id: overrides.azure_pull_request_id ?? null,
    github_pull_request_id: overrides.github_pull_request_id ?? null,
    gitlab_merge_request_id: overrides.gitlab_merge_request_id ?? null,
    non_native_pull_request_id: overrides.non_native_pull_request_id ?? null,
    schema_override: overrides.schema_override ?? null,
    dbt_version_override: overrides.dbt_version_override ?? null,
    threads_override: overrides.threads_override ?? null,
    target_name_override: overrides.target_name_override ?? null,
    generate_docs_override: overrides.generate_docs_override ?? null,
    timeout_seconds_override: overrides.timeout_seconds_override ?? null,
    steps_override: overrides.steps_override === undefined ? null : [...overrides.steps_override],
    created_at: spacedInstant(run.created_at),
    cause_humanized: run.cause,
    job: null,
    cause_category: run.cause_category,
  }
}
