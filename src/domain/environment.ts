export type EngineKind = 'dbt' | 'simulated'
export type DeploymentType = 'production' | 'staging'

/** What a key of a dbt profile may have here; BigQuery's `scopes` and DuckDB's `extensions` are lists. */
export type Detail = string | number | boolean | string[]

/** A warehouse connection from which profiles.yml is generated. `details` are dbt adapter keys without secrets. */
export interface Connection {
  readonly name: string
  /** The dbt adapter's name: postgres, duckdb, snowflake, … */
  readonly type: string
  readonly details: Readonly<Record<string, Detail>>
}
