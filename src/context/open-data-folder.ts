import { SetupError } from '../domain/errors.ts'
import { makeWritableFolder } from '../util/files/make-writable-folder.ts'

/** Throws a SetupError where nothing can be written. */
export async function openDataFolder(dataDir: string): Promise<void> {
  const reason = await makeWritableFolder(dataDir)
  if (reason === undefined) return
  throw new SetupError(
    `Nothing can be written in the data folder ${dataDir}: ${reason}. ` +
      'Make it a folder of the user that runs this, or choose another (STRATUS_DATA_DIR, --data-dir).',
  )
}
