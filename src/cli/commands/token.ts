import { ApiClient } from '../../client/api-client.ts'
import { findServer } from '../../client/find-server.ts'
import * as tokens from '../../client/token-api.ts'
import { readEnv } from '../../config/env.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { flagValues } from '../flags.ts'
import { print, table } from '../terminal.ts'

type Options = Readonly<Record<string, unknown>>

/** `stratus token list`. */
export async function listTokens(options: Options): Promise<void> {
  using client = new ApiClient(await findServer(readEnv(flagValues(options)), process.cwd()))
  const rows = (await tokens.listTokens(client)).map((token) => [
    String(token.id),
    token.name,
    token.grants.map(describeGrant).join(', '),
    day(token.created_at),
    day(token.expires_at),
    day(token.last_used_at),
  ])
  print(table([['ID', 'NAME', 'PERMISSIONS', 'CREATED', 'ENDS', 'LAST USED'], ...rows]))
}

/** `stratus token revoke ID`. */
export async function revokeToken(id: string, options: Options): Promise<void> {
  if (!/^[1-9]\d{0,14}$/.test(id))
    throw new InvalidRequestError(`ID: got "${id}", expected a number of "stratus token list".`)
  using client = new ApiClient(await findServer(readEnv(flagValues(options)), process.cwd()))
  const { name } = await tokens.revokeToken(client, Number(id))
  print(`Revoked token ${id} (${name}). It stops working within 2 seconds.`)
}

function describeGrant({ permission_set, project_ids }: tokens.Token['grants'][number]): string {
  return project_ids === null ? permission_set : `${permission_set} in ${project_ids.join(' ')}`
}

function day(time: string | null): string {
  return time === null ? '–' : time.slice(0, 10)
}
