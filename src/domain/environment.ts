import { keysOf, pick } from '../util/objects/pick.ts'

export type EngineKind = 'dbt' | 'simulated'
export type DeploymentType = 'production' | 'staging'

/** A key of a dbt profile has such a value; BigQuery's `scopes` and DuckDB's `extensions` are lists. */
export type Detail = string | number | boolean | string[]

/** A warehouse connection from which profiles.yml is generated. `details` are dbt adapter keys without secrets. */
export interface Connection {
  readonly name: string
  /** The dbt adapter's name: postgres, duckdb, snowflake, … */
  readonly type: string
  readonly details: Readonly<Record<string, Detail>>
}

/** An environment's author decides these columns, and its connection apart from them. */
export interface EnvironmentSettings {
  readonly name: string
  readonly type: 'deployment' | 'development'
  readonly deployment_type: DeploymentType | null
  readonly engine: EngineKind
  readonly dbt_command: string | null
  /** Null means the one that its dbt program has. */
  readonly dbt_version: string | null
  /** Null means the project's branch. */
  readonly custom_branch: string | null
  readonly profile_name: string | null
  readonly target_name: string | null
  readonly max_parallel_runs: number | null
  /** The user of the worker's machine that git and dbt run as; null: the worker's usual one. */
  readonly run_as: string | null
}

export const defaultEnvironmentSettings: Omit<EnvironmentSettings, 'name'> = {
  type: 'deployment',
  deployment_type: null,
  engine: 'dbt',
  dbt_command: null,
  dbt_version: null,
  custom_branch: null,
  profile_name: null,
  target_name: null,
  max_parallel_runs: null,
  run_as: null,
}

export const environmentSettingKeys = ['name', ...keysOf(defaultEnvironmentSettings)] as const

/** Drops the rest of the environment's row. */
export function environmentSettingsOf(environment: EnvironmentSettings): EnvironmentSettings {
  return pick(environment, environmentSettingKeys)
}
