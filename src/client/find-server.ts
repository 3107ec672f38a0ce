import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import tls from 'node:tls'
import { devDataDir } from '../config/config.ts'
import type { Env } from '../config/env-variables.ts'
import { SetupError } from '../domain/errors.ts'
import { errorCode } from '../util/error-code.ts'
import { type ReadyFile, readReadyFile } from './ready-file.ts'

export interface ServerAddress {
  readonly url: string
  readonly token: string
  /** Certificate authorities to trust; absent means Node's own. */
  readonly ca?: readonly string[]
  readonly accountId?: number
}

type ClientEnv = Pick<
  Env,
  'STRATUS_URL' | 'STRATUS_TOKEN' | 'STRATUS_CA_FILE' | 'STRATUS_DATA_DIR' | 'XDG_DATA_HOME' | 'HOME'
>

/** The server that a command is meant for: the one it is told, else that of the current folder. */
export async function findServer(env: ClientEnv, cwd: string): Promise<ServerAddress> {
  const ready = env.STRATUS_URL === undefined ? await findLocalServer(env, cwd) : undefined
  const url = env.STRATUS_URL === undefined ? ready?.url : new URL(env.STRATUS_URL).origin
  if (url === undefined) throw new SetupError(noServer(cwd, await runningServers(env)))
  const token = env.STRATUS_TOKEN ?? ready?.token
  if (token === undefined) {
    throw new SetupError(`No token for ${url}. Set STRATUS_TOKEN (make one with "stratus token create" on the server).`)
  }
  const ca = await trustedAuthorities(env.STRATUS_CA_FILE, ready)
  return { url, token, ...(ca && { ca }), ...(ready && { accountId: ready.account_id }) }
}

/** The running server whose data folder is that of `cwd` or of a folder above it. */
export async function findLocalServer(env: ClientEnv, cwd: string): Promise<ReadyFile | undefined> {
  if (env.STRATUS_DATA_DIR !== undefined) return readReadyFile(path.join(env.STRATUS_DATA_DIR, 'ready.json'))
  for (let dir = path.resolve(cwd); ; dir = path.dirname(dir)) {
    const ready = await readReadyFile(path.join(devDataDir(dir, env), 'ready.json'))
    if (ready !== undefined || dir === path.dirname(dir)) return ready
  }
}

function noServer(cwd: string, others: readonly string[]): string {
  return (
    `No server is running for ${cwd}. Start one here with "stratus dev", ` +
    'or name one with --url (or STRATUS_URL) and STRATUS_TOKEN.' +
    (others.length === 0 ? '' : ` Running for other folders; choose with:\n${others.join('\n')}`)
  )
}

/** The options that lead to the development servers of this user. */
async function runningServers(env: ClientEnv): Promise<string[]> {
  const base = path.dirname(devDataDir('.', env))
  const folders = await readdir(base).catch(() => [])
  const found = await Promise.all(
    folders.map(async (folder) => {
      const dataDir = path.join(base, folder)
      return (await readReadyFile(path.join(dataDir, 'ready.json'))) ? `  --data-dir ${dataDir}` : undefined
    }),
  )
  return found.filter((line) => line !== undefined)
}

async function trustedAuthorities(
  caFile: string | undefined,
  ready: ReadyFile | undefined,
): Promise<string[] | undefined> {
  if (caFile !== undefined) return [...tls.rootCertificates, await readAuthorities('STRATUS_CA_FILE', caFile)]
  if (ready?.ca_file) return [await readAuthorities('The CA file of the server', ready.ca_file)]
  return undefined
}

async function readAuthorities(name: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new SetupError(`${name}: ${file} cannot be read (${errorCode(cause) ?? 'unknown reason'}).`, { cause })
  }
}
