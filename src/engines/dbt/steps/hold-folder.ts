import type { StepLog } from '../../steps/step-log.ts'
import { projectOf, type Run } from '../run.ts'

/**
 * Keeps other runs from changing the packages in a shared folder until the run ends, or, with `alone`, from working there
 * until the answered function is called, which goes back to sharing.
 */
export async function holdFolder(run: Run, mode: 'shared' | 'alone', log: StepLog): Promise<() => void> {
  const { dir, shared } = projectOf(run)
  if (!shared || (run.folder !== undefined && (mode === 'shared' || run.folder.isAlone))) return () => {}
  // Two that kept their shares while they want the folder alone would wait for each other.
  run.folder?.release()
  run.folder = undefined
  const hold = await run.services.locks.acquire(dir, mode, run.signal, () => {
    log.say("Waiting for another run that works in the project's folder.")
    log.flush()
  })
  run.folder = hold
  return () => hold.share()
}
