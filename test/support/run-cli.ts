import { once } from 'node:events'
import { type StartOptions, spawnStratus } from './stratus-process.ts'

export interface CliResult {
  readonly code: number | null
  /** It has stdout and stderr in the order in which they came. */
  readonly output: string
}

/** Runs the built program to its end. */
export async function runCli(args: readonly string[], options: StartOptions = {}): Promise<CliResult> {
  const { child, output } = spawnStratus(args, options)
  await once(child, 'close')
  return { code: child.exitCode, output: output() }
}
