export interface CliContext {
  /** The built program lies in this folder. */
  readonly installDir: string
  /** A command leaves its exit code in it. */
  readonly outcome: { exitCode: number }
}
