import type { RunPlan } from '../run-engine.ts'

/** Which execution of its job a run is: 1 is the first. Runs that never started do not count. */
export interface Attempt {
  readonly sinceFirstRun: number
  /** Starts again at 1 after each run that succeeded. */
  readonly sinceLastSuccess: number
}

/** What a simulated run needs beside the plan of any run. */
export interface SimulatedPlan extends RunPlan {
  /** The job's or environment's scenario, with its files resolved; the default one if absent. */
  readonly scenario?: unknown
  readonly attempt?: Attempt
}
