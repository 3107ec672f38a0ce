import { execFileSync } from 'node:child_process'

/** A process that ended and that nobody has collected yet is not running. */
export function isRunning(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return state !== '' && !state.startsWith('Z')
  } catch {
    return false // ps says by its exit code that there is none
  }
}
