import { access, constants, stat } from 'node:fs/promises'
import path from 'node:path'

/** The first executable file of this name in the absolute folders of `searchPath`. */
export async function findOnPath(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(':').filter((entry) => path.isAbsolute(entry))) {
    const file = path.join(folder, name)
    if ((await isFile(file)) && (await isExecutable(file))) return file
  }
  return undefined
}

export async function isFile(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined) // not there, or not to be seen
  return found?.isFile() === true
}

export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}
