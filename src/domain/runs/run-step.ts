export type StepKind = 'clone' | 'profile' | 'deps' | 'freshness' | 'command' | 'docs'
export type StepStatus = 'queued' | 'running' | 'success' | 'error' | 'cancelled' | 'skipped'

/** A step that a run is going to take. `index` is 1-based and never changes. */
export interface PlannedStep {
  readonly index: number
  readonly kind: StepKind
  /** People and clients see this name; OpenLineage matches the command between the backticks. */
  readonly name: string
  /** The dbt command, verbatim as the job has it; absent for clone and profile. */
  readonly command?: string
  /** It is true if this step resumes the failed command of the run being retried, with `dbt retry`. */
  readonly resumes?: boolean
}
