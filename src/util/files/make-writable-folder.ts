import { constants } from 'node:fs'
import { access, mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { errorCode } from '../error-code.ts'

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'its disk is read-only',
  EEXIST: 'it is a file',
  ENOTDIR: 'a part of it is a file',
  ENOENT: 'no folder can be made there',
  ENOSPC: 'the disk is full',
}

/** Makes the folder when it is not there. Answers why nothing can be written in it, if so. */
export async function makeWritableFolder(folder: string): Promise<string | undefined> {
  try {
    await makeFolders(folder)
    await access(folder, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined) throw error
    return reasons[code] ?? code
  }
}

/** Node's own recursive way never ends below `/proc`, where a folder is there and none can be made in it. */
async function makeFolders(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if (await isFolder(folder)) return
    const parent = path.dirname(folder)
    if (errorCode(error) !== 'ENOENT' || (await isFolder(parent))) throw error
    await makeFolders(parent)
    await makeFolders(folder)
  }
}

async function isFolder(place: string): Promise<boolean> {
  const found = await stat(place).catch(() => undefined) // not there, or not to be looked at
  return found?.isDirectory() === true
}
