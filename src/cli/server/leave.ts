import { SetupError } from '../../domain/errors.ts'
import { serverLogger } from '../../logger.ts'
import { type Phase, runPhases } from '../../server/run-phases.ts'

/** Longer than printing an error takes. */
const leaveMs = 1_000

/**
 * Takes the phases of stopping; answers those that failed. What hangs in one, or in a database that is broken, does not keep
 * the process from ending.
 */
export async function leave(phases: readonly Phase[], isBroken = false): Promise<string[]> {
  const failed = await runPhases(phases, serverLogger)
  if (failed.length > 0 || isBroken) setTimeout(() => process.exit(), leaveMs).unref()
  return failed
}

/** Makes a failed phase the exit code. */
export function assertLeft(failed: readonly string[]): void {
  if (failed.length > 0) throw new SetupError(`Stopping failed in: ${failed.join(', ')}. The log says why.`)
}
