import { readFile } from 'node:fs/promises'
import tls from 'node:tls'
import type { Env } from '../config/env-variables.ts'
import { SetupError } from '../domain/errors.ts'
import { errorCode } from '../util/error-code.ts'
import { findLocalServer, type LocalServerEnv } from './find-local-server.ts'
import type { ReadyFile } from './ready-file.ts'

export interface ServerAddress {
  readonly url: string
  readonly token: string
  /** Certificate authorities to trust; absent means Node's own. */
  readonly ca?: readonly string[]
  readonly accountId?: number
  /** A note on the choice that its user may want to read. */
  readonly note?: string
}

type ClientEnv = LocalServerEnv & Pick<Env, 'STRATUS_URL' | 'STRATUS_TOKEN' | 'STRATUS_CA_FILE'>

/** The server that a command is meant for: the one it is told, else that of the current folder, else the only one running. */
export async function findServer(env: ClientEnv, cwd: string): Promise<ServerAddress> {
  const local = env.STRATUS_URL === undefined ? await findLocalServer(env, cwd) : undefined
  const url = env.STRATUS_URL === undefined ? local?.ready.url : new URL(env.STRATUS_URL).origin
  if (url === undefined) throw new SetupError(noServer(cwd))
  const token = env.STRATUS_TOKEN ?? local?.ready.token
  if (token === undefined) {
    throw new SetupError(`No token for ${url}. Set STRATUS_TOKEN (make one with "stratus token create" on the server).`)
  }
  const ca = await trustedAuthorities(env.STRATUS_CA_FILE, local?.ready)
  return {
    url,
    token,
    ...(ca && { ca }),
    ...(local && { accountId: local.ready.account_id }),
    ...(local?.isElsewhere && { note: `Using ${url}, the only server that is running (${local.place}).` }),
  }
}

function noServer(cwd: string): string {
  return (
    `No server is running for ${cwd}. Start one here with "stratus dev", ` +
    'or name one with --url (or STRATUS_URL) and STRATUS_TOKEN.'
  )
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
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SetupError(`${name}: ${file} cannot be read (${errorCode(cause) ?? 'unknown reason'}).`, { cause })
  })
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new SetupError(`${name}: ${file} holds no certificate (PEM).`)
  return text
}
