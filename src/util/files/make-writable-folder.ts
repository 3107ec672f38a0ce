import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
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
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await access(folder, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined) throw error
    return reasons[code] ?? code
  }
}
