import { execFileSync } from 'node:child_process'

/** Whether a process is there and is more than an entry that nobody has collected yet. */
export function isRunning(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return state !== '' && !state.startsWith('Z')
  } catch {
    return false // ps says by its exit code that there is none
  }
}
