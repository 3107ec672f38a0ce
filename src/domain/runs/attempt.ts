/** Says which execution of its job a run is: 1 is the first. Runs that never started do not count. */
export interface Attempt {
  readonly sinceFirstRun: number
  /** Starts again at 1 after each run that succeeded. */
  readonly sinceLastSuccess: number
}
