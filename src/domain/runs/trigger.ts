export type CauseCategory = 'api' | 'ci' | 'scheduled' | 'ui' | 'rerun' | 'job completion' | 'merge'

/** A trigger may override these for its run; the keys are the wire's. The job's own setting holds for absent ones. */
export interface TriggerOverrides {
  readonly git_sha?: string
  readonly git_branch?: string
  readonly azure_pull_request_id?: number
  readonly github_pull_request_id?: number
  readonly gitlab_merge_request_id?: number
  readonly non_native_pull_request_id?: number
  readonly schema_override?: string
  readonly dbt_version_override?: string
  readonly threads_override?: number
  readonly target_name_override?: string
  readonly generate_docs_override?: boolean
  readonly timeout_seconds_override?: number
  readonly steps_override?: readonly string[]
}

/** The pull request a run belongs to, as one string, or undefined. */
export function pullRequestOf(overrides: TriggerOverrides): string | undefined {
  const id =
    overrides.github_pull_request_id ??
    overrides.gitlab_merge_request_id ??
    overrides.azure_pull_request_id ??
    overrides.non_native_pull_request_id
  return id === undefined ? undefined : String(id)
}

/** The overrides that choose what a run executes and where its results go; the others say how much and how long. */
export function executionOverrides(overrides: TriggerOverrides): readonly string[] {
  const choosing = [
    'steps_override',
    'git_sha',
    'git_branch',
    'schema_override',
    'target_name_override',
    'dbt_version_override',
  ] as const
  return choosing.filter((name) => overrides[name] !== undefined)
}

/** The overrides that say which code a run has: only a repository can give another one than its job has. */
export function codeOverrides({ git_sha, git_branch }: TriggerOverrides): ('git_sha' | 'git_branch')[] {
  return [
    ...(git_sha === undefined ? [] : ['git_sha' as const]),
    ...(git_branch === undefined ? [] : ['git_branch' as const]),
  ]
}
