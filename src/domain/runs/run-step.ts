export type StepKind = 'clone' | 'profile' | 'deps' | 'freshness' | 'command' | 'docs'
export type StepStatus = 'queued' | 'running' | 'success' | 'error' | 'cancelled' | 'skipped'

/** A step that a run is going to take. `index` is 1-based and never changes. */
export interface PlannedStep {
  readonly index: number
  readonly kind: StepKind
  /** What people and clients see; OpenLineage matches the command between the backticks. */
  readonly name: string
  /** The dbt command, verbatim as the job has it; absent for clone and profile. */
  readonly command?: string
  /** Whether this step resumes the failed command of the run being retried, with `dbt retry`. */
  readonly resumes?: boolean
}
