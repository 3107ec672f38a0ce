import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { systemEnvironment } from './run-user.ts'

/**
 * Removes what lies in a folder of the server's, with all that is in it. Root does not do it by Node, which goes by names:
 * a link that another user puts into the place of a folder meanwhile would lead it anywhere.
 */
export async function removeTree(folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return rm(folder, { recursive: true, force: true, maxRetries: 3 })
  await promisify(execFile)('rm', ['-rf', '--', folder], { env: systemEnvironment, cwd: '/' })
}
