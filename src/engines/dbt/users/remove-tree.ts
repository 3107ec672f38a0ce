import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { errorCode } from '../../../util/error-code.ts'
import { systemEnvironment } from './run-user.ts'

/**
 * Removes what lies in a folder of the server's, with all that is in it. Root does not do it by Node, which goes by names:
 * a link that another user puts into the place of a folder meanwhile would lead it anywhere.
 */
export async function removeTree(folder: string): Promise<void> {
  if (process.getuid?.() === 0) await removeByProgram(folder)
  else await removeAll(folder)
}

/** It does the same in a folder of this process's own user. */
export async function removeAll(file: string): Promise<void> {
  try {
    await rm(file, { recursive: true, force: true, maxRetries: 3 })
  } catch (error) {
    // Whoever goes into each folder can make deeper ones than there are names for.
    if (errorCode(error) !== 'ENAMETOOLONG') throw error
    await removeByProgram(file)
  }
}

async function removeByProgram(file: string): Promise<void> {
  await promisify(execFile)('rm', ['-rf', '--', file], { env: systemEnvironment, cwd: '/' })
}
