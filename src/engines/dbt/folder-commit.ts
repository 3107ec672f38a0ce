import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findOnPath } from './find-on-path.ts'
import type { Checkout } from './run.ts'

/** A run does not wait longer than this for something that is only good to know. */
const timeoutMs = 200

/** The commit of a folder that happens to be a git checkout. */
export async function folderCommit(folder: string, searchPath: string): Promise<Checkout | undefined> {
  const git = await findOnPath('git', searchPath)
  if (git === undefined) return undefined
  try {
    const args = ['-C', folder, 'rev-parse', 'HEAD', '--abbrev-ref', 'HEAD']
    const env = { PATH: searchPath, GIT_OPTIONAL_LOCKS: '0' }
    const { stdout } = await promisify(execFile)(git, args, { env, timeout: timeoutMs, killSignal: 'SIGKILL' })
    const [sha, branch] = stdout.trim().split('\n')
    if (sha === undefined) return undefined
    return { sha, branch: branch === undefined || branch === 'HEAD' ? null : branch }
  } catch {
    return undefined // no checkout, no commit yet, somebody else's, or too slow
  }
}
