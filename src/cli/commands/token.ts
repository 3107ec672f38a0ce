import * as tokens from '../../client/token-api.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { openClient } from '../open-client.ts'
import { print, table } from '../output/terminal.ts'

type Options = Readonly<Record<string, unknown>>

/** `stratus token list`. */
export async function listTokens(options: Options): Promise<void> {
  using client = await openClient(options)
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

/** Runs `stratus token revoke ID`. */
export async function revokeToken(id: string, options: Options): Promise<void> {
  if (!/^[1-9]\d{0,14}$/.test(id))
    throw new InvalidRequestError(`ID: got "${id}", expected a number of "stratus token list".`)
  using client = await openClient(options)
  const { name } = await tokens.revokeToken(client, Number(id))
  print(`Revoked token ${id} (${name}). It stops working within 2 seconds.`)
}

function describeGrant({ permission_set, project_ids }: tokens.Token['grants'][number]): string {
  return project_ids === null ? permission_set : `${permission_set} in ${project_ids.join(' ')}`
}

function day(time: string | null): string {
  return time === null ? '–' : time.slice(0, 10)
}
