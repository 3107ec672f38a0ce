import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** A process id alone may belong to another process tomorrow; with its start time it is unmistakable. */
export interface ProcessIdentity {
  readonly pid: number
  readonly startedAt: string
}

/** `/proc` where there is one, else `ps`, which every Unix has. */
export type IdentityMethod = 'proc' | 'ps'

export const usualMethod: IdentityMethod = process.platform === 'linux' ? 'proc' : 'ps'

/** Gives undefined for a process that does not live. */
export async function identifyProcess(pid: number, method = usualMethod): Promise<ProcessIdentity | undefined> {
  const startedAt = method === 'proc' ? await startFromProc(pid) : await startFromPs(pid)
  return startedAt === undefined ? undefined : { pid, startedAt }
}

export async function isAlive(identity: ProcessIdentity, method = usualMethod): Promise<boolean> {
  return (await identifyProcess(identity.pid, method))?.startedAt === identity.startedAt
}

async function startFromProc(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name of the program stands in parentheses and may hold anything; state is field 3, start time field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[19] === undefined) return undefined
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    return `${boot.trim()} ${fields[19]}`
  } catch {
    return undefined // no such process
  }
}

async function startFromPs(pid: number): Promise<string | undefined> {
  try {
    const env = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }
    const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env })
    const [state, ...start] = stdout.trim().split(/\s+/)
    return state === undefined || state === '' || state.startsWith('Z') ? undefined : start.join(' ')
  } catch {
    return undefined // ps says by its exit code that there is no such process
  }
}
