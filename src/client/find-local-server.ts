import path from 'node:path'
import { devDataDir, realFolder, runningServersDir } from '../config/config.ts'
import type { Env } from '../config/env-variables.ts'
import { SetupError } from '../domain/errors.ts'
import { type ReadyFile, readReadyFile } from './ready-file.ts'
import { type RunningServer, runningServers } from './running-servers.ts'

export type LocalServerEnv = Pick<Env, 'STRATUS_DATA_DIR' | 'XDG_DATA_HOME' | 'HOME'>

export interface LocalServer {
  readonly ready: ReadyFile
  readonly dataDir: string
  /** Says in words what it serves. */
  readonly place: string
  /** It has nothing to do with the current folder, but it is the only one there is. */
  readonly isElsewhere: boolean
}

/** The server of the named data folder, that of `cwd` or of a folder above it, or the only one of this user. */
export async function findLocalServer(env: LocalServerEnv, cwd: string): Promise<LocalServer | undefined> {
  const own = await findOwnServer(env, cwd)
  if (own !== undefined || env.STRATUS_DATA_DIR !== undefined) return own
  const servers = await runningServers(runningServersDir(env))
  const [only] = servers
  if (servers.length > 1) throw new SetupError(tooMany(cwd, servers))
  return only && { ...only, place: placeOf(only), isElsewhere: true }
}

/** The server of the named data folder, else that of `cwd` or of the nearest folder above it. */
export async function findOwnServer(env: LocalServerEnv, cwd: string): Promise<LocalServer | undefined> {
  if (env.STRATUS_DATA_DIR !== undefined) return readLocal(path.resolve(env.STRATUS_DATA_DIR))
  const servers = await runningServers(runningServersDir(env))
  for (let dir = realFolder(cwd); ; dir = path.dirname(dir)) {
    const usual = await readLocal(devDataDir(dir, env))
    if (usual !== undefined) return usual
    const here = servers.filter(({ projectDir }) => projectDir === dir)
    const [only] = here
    if (here.length > 1) throw new SetupError(tooMany(cwd, here))
    if (only !== undefined) return { ...only, place: placeOf(only), isElsewhere: false }
    if (dir === path.dirname(dir)) return undefined
  }
}

async function readLocal(dataDir: string): Promise<LocalServer | undefined> {
  const ready = await readReadyFile(path.join(dataDir, 'ready.json'))
  return ready && { ready, dataDir, place: dataDir, isElsewhere: false }
}

function placeOf({ projectDir, dataDir }: RunningServer): string {
  return projectDir ?? dataDir
}

function tooMany(cwd: string, servers: readonly RunningServer[]): string {
  const lines = servers.map((server) => `  --data-dir ${server.dataDir}   ${placeOf(server)}, ${server.ready.url}`)
  return `${servers.length} servers are running, and none is more that of ${cwd} than the others. Choose with:\n${lines.join('\n')}`
}
