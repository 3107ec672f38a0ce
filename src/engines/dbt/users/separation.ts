import { execFile } from 'node:child_process'
import { chmod, lstat, mkdir, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { SetupError } from '../../../domain/errors.ts'
import { findOnPath } from '../program/find-on-path.ts'
import { firstShut } from './reach.ts'
import { type AllowedUser, findUser, type RunUser, systemEnvironment } from './run-user.ts'
import { makePassage } from './user-hands.ts'

/** This machine and its configuration keep runs so far apart from the server, and from each other. */
export interface Separation {
  /** Runs of environments that name no user; undefined: as the server's own. */
  readonly usual: AllowedUser | undefined
  /** Runs may be of these users, by the text that each is named by. */
  readonly users: ReadonlyMap<string, AllowedUser>
  /** It is true where a user that an environment names counts for nothing: on the machine of whoever wrote that. */
  readonly ignoresOthers: boolean
  /** The words that a program is started with to see no process but its own; undefined where that is not possible. */
  readonly namespace: readonly string[] | undefined
}

export const noSeparation: Separation = {
  usual: undefined,
  users: new Map(),
  ignoresOthers: false,
  namespace: undefined,
}

export interface UserSettings {
  /** This is STRATUS_DBT_USER. */
  readonly dbtUser?: string
  /** This is STRATUS_DBT_USERS. */
  readonly dbtUsers: readonly string[]
}

/** The folders of the data folder that have parts for users; nobody but the server enters the others. */
export const passages = ['checkouts', 'files', 'git', 'homes', 'runs']

/** Finds out what is possible here, and changes nothing. Throws a SetupError when what is configured is not. */
export async function examineSeparation(
  { dbtUser, dbtUsers }: UserSettings,
  ignoresOthers = false,
): Promise<Separation> {
  const namespace = await findNamespace()
  const named = new Map(dbtUsers.map((name) => [name, 'STRATUS_DBT_USERS']))
  if (dbtUser !== undefined) named.set(dbtUser, 'STRATUS_DBT_USER')
  const users = new Map<string, AllowedUser>()
  for (const [name, variable] of named)
    users.set(name, await findAllowed(name, `${variable}: got ${JSON.stringify(name)}`))
  return {
    usual: dbtUser === undefined ? undefined : users.get(dbtUser),
    users,
    ignoresOthers: ignoresOthers && users.size === 0,
    namespace,
  }
}

/** The numbers are Linux's. */
const capabilities = { CHOWN: 0, DAC_OVERRIDE: 1, FOWNER: 3, KILL: 5, SETGID: 6, SETUID: 7 }

async function findAllowed(name: string, got: string): Promise<AllowedUser> {
  const own = process.getuid?.()
  if (own !== 0) {
    const cure = `Start it as root, or leave the variable out: then dbt runs as the user of this process`
    throw new SetupError(`${got}, but this process (uid ${own}) may not change users. ${cure}.`)
  }
  const missing = await missingCapabilities()
  if (missing.length > 0) {
    const cure = `Add them (cap_add of a container, CapabilityBoundingSet of a service)`
    throw new SetupError(`${got}, but root lacks the capabilities ${missing.join(', ')} here. ${cure}.`)
  }
  const setpriv = await findOnPath('setpriv', systemEnvironment.PATH)
  if (setpriv === undefined)
    throw new SetupError(`${got}, but there is no program setpriv, which changes users. Install util-linux.`)
  const user = await findUser(name)
  if (user === undefined)
    throw new SetupError(`${got}, but there is no such user here. Make it (useradd), or give a number, as uid:gid.`)
  if (user.uid === 0 || user.uid === own)
    throw new SetupError(
      `${got}, which is the server's own user. Expected another one, who owns nothing of the server's.`,
    )
  return { ...user, setpriv }
}

async function missingCapabilities(): Promise<string[]> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '') // not Linux
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1]
  if (effective === undefined) return []
  const bits = BigInt(`0x${effective}`)
  return Object.entries(capabilities).flatMap(([name, bit]) => (((bits >> BigInt(bit)) & 1n) === 1n ? [] : [name]))
}

/** Lets the users of runs through to their own folders, and shuts everything else. Throws a SetupError if they cannot get there. */
export async function openDataFolder(dataDir: string, { users }: Separation): Promise<void> {
  if (users.size === 0) return
  await mkdir(dataDir, { recursive: true, mode: 0o711 })
  for (const name of passages) await makePassage(path.join(dataDir, name))
  for (const name of await readdir(dataDir)) {
    const { mode } = await lstat(path.join(dataDir, name))
    const isLink = (mode & 0o170000) === 0o120000
    if (!passages.includes(name) && !isLink && (mode & 0o077) !== 0) await chmod(path.join(dataDir, name), mode & 0o700)
  }
  await makePassage(dataDir)
  for (const user of users.values()) await assertReachable(user, dataDir)
}

async function assertReachable(user: AllowedUser, dataDir: string): Promise<void> {
  const folder = await firstShut(user, dataDir)
  if (folder === undefined) return
  throw new SetupError(
    `The user ${user.name} that dbt runs as cannot enter ${folder}, and so not reach its own part of the data folder ${dataDir}. ` +
      'Choose another data folder (STRATUS_DATA_DIR), or let others pass there (chmod o+x).',
  )
}

/** Root needs no user namespace, in which it could not reach the files of other users. */
async function findNamespace(): Promise<readonly string[] | undefined> {
  const unshare = await findOnPath('unshare', systemEnvironment.PATH)
  if (unshare === undefined || process.getuid === undefined) return undefined
  const asSelf = process.getuid() === 0 ? [] : ['--user', '--map-current-user']
  // Later mounts are seen inside, too. Processes that are left inside end with the first one.
  const rest = ['--pid', '--mount-proc', '--propagation', 'slave', '--fork', '--kill-child']
  const start = [unshare, ...asSelf, ...rest, '--']
  try {
    const [file = unshare, ...args] = [...start, 'true']
    await promisify(execFile)(file, args, { env: systemEnvironment, timeout: 5000 })
    return start
  } catch {
    return undefined // a container's kernel allows it to few
  }
}

/** Says how well runs are kept apart, in one line, and what to do where it is not well. */
export function describeSeparation({ usual, users, namespace }: Separation): { text: string; cure?: string } {
  const isRoot = process.getuid?.() === 0
  // Root can take off what hides the processes of others.
  const isApart = namespace !== undefined && (usual !== undefined || !isRoot)
  const apart = isApart ? ', and a run sees no process but its own' : ''
  const others = [...users.values()].filter((user) => user !== usual)
  const more = others.length === 0 ? '' : ` (environments may choose ${others.map(nameOf).join(', ')})`
  if (usual !== undefined) return { text: `dbt runs as the user ${nameOf(usual)}${more}${apart}` }
  const reach = isRoot ? 'read and change everything here' : "read and change the server's data"
  const cure = `Set STRATUS_DBT_USER${isRoot ? '' : ', which needs a server that root starts'}.`
  const self = `dbt runs as the server's own user${isRoot ? ', root,' : ''} and can ${reach}`
  return { text: `${self}${more}${apart}`, cure }
}

function nameOf({ name, uid }: RunUser): string {
  return /^\d/.test(name) ? `with uid ${name}` : `${name} (uid ${uid})`
}
