/** How many nodes of a run ended well, with a warning, with an error, and not at all; `running`: while the run executes. */
export interface NodeCounts {
  readonly success: number
  readonly warn: number
  readonly error: number
  readonly skipped: number
  readonly running: number
}
