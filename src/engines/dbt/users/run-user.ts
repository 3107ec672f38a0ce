import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { FileRights } from '../../../util/reader.ts'

/** A user of the operating system that programs of runs are started as. */
export interface RunUser {
  /** The text that it was given by: a name, or `uid` or `uid:gid`. */
  readonly name: string
  readonly uid: number
  readonly gid: number
  /** The supplementary ones, with `gid`. */
  readonly groups: readonly number[]
}

/** It has the absolute path of `setpriv`: root must not look for it on a PATH that has folders of others. */
export interface AllowedUser extends RunUser {
  readonly setpriv: string
}

/** It is for the small programs of the system, and has nothing of the server's own environment. */
export const systemEnvironment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }

/**
 * The user of this name or number. A number need not be known to the system; its group has the same number, unless
 * another is given. It is undefined when there is no such name.
 */
export async function findUser(text: string): Promise<RunUser | undefined> {
  const [, uid, gid] = /^(\d{1,9})(?::(\d{1,9}))?$/.exec(text) ?? []
  if (uid !== undefined && gid !== undefined) return numbered(text, Number(uid), Number(gid))
  const known = await askSystem(text)
  if (known !== undefined) return { name: text, ...known }
  return uid === undefined ? undefined : numbered(text, Number(uid), Number(uid))
}

function numbered(name: string, uid: number, gid: number): RunUser {
  return { name, uid, gid, groups: [gid] }
}

async function askSystem(user: string): Promise<Omit<RunUser, 'name'> | undefined> {
  try {
    const [uid = [], gid = [], groups = []] = await Promise.all(['-u', '-g', '-G'].map((what) => ids(what, user)))
    const [first, main] = [uid[0], gid[0]]
    if (first === undefined || main === undefined) return undefined
    return { uid: first, gid: main, groups: [...new Set([main, ...groups])] }
  } catch {
    return undefined // `id` says by its exit code that there is none
  }
}

async function ids(what: string, user: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('id', [what, '--', user], { env: systemEnvironment })
  return stdout.trim().split(' ').map(Number)
}

/** It is true when the mode of a file lets the user do what `bit` stands for: 4 read, 2 write, 1 enter. */
export function modeAllows({ uid, groups }: RunUser, rights: FileRights, bit: 4 | 2 | 1): boolean {
  if (rights.uid === uid) return ((rights.mode >> 6) & bit) !== 0
  return ((groups.includes(rights.gid) ? rights.mode >> 3 : rights.mode) & bit) !== 0
}
