import { stat } from 'node:fs/promises'

/** Says that a folder is not on this machine, if so. */
export async function missingFolder(folder: string): Promise<string | undefined> {
  const isThere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  return isThere ? undefined : `there is no folder ${folder} on this machine`
}
