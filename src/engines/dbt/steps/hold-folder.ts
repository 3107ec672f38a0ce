import { stat } from 'node:fs/promises'
import type { HoldMode } from '../../run-engine.ts'
import type { StepLog } from '../../steps/step-log.ts'
import { projectOf, type Run } from '../run.ts'

/**
 * Keeps other runs from changing the packages in a shared folder until the run ends, or, with `alone`, from working there
 * until the answered function is called, which goes back to sharing.
 */
export async function holdFolder(run: Run, mode: HoldMode, log: StepLog): Promise<() => Promise<void>> {
  const { dir, shared } = projectOf(run)
  if (!shared || (run.folder !== undefined && (mode === 'shared' || run.folder.isAlone))) return async () => {}
  // Two that kept their shares while they want the folder alone would wait for each other.
  await run.folder?.free()
  run.folder = undefined
  const hold = await run.sink.holdShared(await resourceOf(dir), mode, (holder) => {
    log.say(`Waiting for run ${holder}, which works in the project's folder.`)
    log.flush()
  })
  run.folder = hold
  return async () => {
    // A run that is stopped gives everything back in a moment.
    if (!run.signal.aborted) await hold.share()
  }
}

/** The folder as the system knows it: the same for all processes and containers of a machine, wherever they have it. */
async function resourceOf(dir: string): Promise<string> {
  const { dev, ino } = await stat(dir, { bigint: true })
  return `folder:${dev}:${ino}`
}
