export type EngineKind = 'dbt' | 'simulated' | 'upstream'
export type DeploymentType = 'production' | 'staging'

/** A warehouse connection from which profiles.yml is generated. `details` are dbt adapter keys without secrets. */
export interface Connection {
  readonly name: string
  /** The dbt adapter's name: postgres, duckdb, snowflake, … */
  readonly type: string
  readonly details: Readonly<Record<string, string | number | boolean>>
}
