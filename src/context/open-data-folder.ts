import { chmod, stat } from 'node:fs/promises'
import type { Config } from '../config/config.ts'
import { SetupError } from '../domain/errors.ts'
import { errorCode } from '../util/error-code.ts'
import { makeWritableFolder } from '../util/files/make-writable-folder.ts'

/**
 * Throws a SetupError where nothing can be written, and on a laptop where another user could put keys of theirs into the
 * folder. `user`: the one that this process is, which Windows does not know.
 */
export async function openDataFolder(
  { dataDir, mode }: Pick<Config, 'dataDir' | 'mode'>,
  user = process.getuid?.(),
): Promise<void> {
  const reason = await makeWritableFolder(dataDir)
  if (reason !== undefined) {
    throw new SetupError(
      `Nothing can be written in the data folder ${dataDir}: ${reason}. ` +
        'Make it a folder of the user that runs this, or choose another (STRATUS_DATA_DIR, --data-dir).',
    )
  }
  if (user === undefined) return
  const { uid, mode: rights } = await stat(dataDir)
  if (uid === user) return shutToWriters(dataDir, rights)
  // The volume of a container may belong to whomever; there is nobody else in there.
  if (mode !== 'dev' || user === 0 || uid === 0) return
  throw new SetupError(
    `The data folder ${dataDir} belongs to another user of this machine (uid ${uid}), who could put keys and certificates of ` +
      'theirs into it. Choose another (STRATUS_DATA_DIR, --data-dir).',
  )
}

/** Whoever may write in a folder may replace what is in it, however well that is shut. */
async function shutToWriters(folder: string, rights: number): Promise<void> {
  if ((rights & 0o022) === 0) return
  try {
    await chmod(folder, rights & 0o7755)
  } catch (error) {
    if (errorCode(error) === undefined) throw error // disks without rights of users refuse it
  }
}
