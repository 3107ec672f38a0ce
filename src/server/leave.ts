import { SetupError } from '../domain/errors.ts'
import { serverLogger } from '../logger.ts'
import { type Phase, runPhases } from './run-phases.ts'

/** Printing an error does not take so long. */
const leaveMs = 1_000

/**
 * Takes the phases of stopping; answers those that failed. What hangs in one, or in a database that is broken, does not keep
 * the process from ending.
 */
export async function leave(phases: readonly Phase[], isBroken = false): Promise<string[]> {
  const failed = await runPhases(phases, serverLogger)
  if (failed.length > 0 || isBroken) setTimeout(end, leaveMs).unref()
  return failed
}

/** Node waits at its end for calls to the file system, and one that hangs would keep it for ever: then only the kernel ends it. */
function end(): void {
  const isHeldUp = process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'))
  if (isHeldUp) process.kill(process.pid, 'SIGKILL')
  process.exit()
}

/** Makes a failed phase the exit code. */
export function assertLeft(failed: readonly string[]): void {
  if (failed.length > 0) throw new SetupError(`Stopping failed in: ${failed.join(', ')}. The log says why.`)
}
