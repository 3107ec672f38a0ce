import type { Tx } from '../../db/database.ts'
import type { ConnectionRow, CredentialsRow } from '../../db/schema/connections.ts'
import { detailText, isHarmlessDetail } from '../../domain/adapter-details.ts'
import type { Connection } from '../../domain/environment.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { isSecretDetail } from '../../domain/secrets/secret-names.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { placeInCredentials } from '../../secrets/secret-place.ts'
import { inProfile } from './effective-connection.ts'
import { openSecrets } from './secrets.ts'

type Target = Pick<Connection, 'type' | 'details'>

/** Credentials choose these within the warehouse that a connection names. */
const withinWarehouse = new Set(['catalog', 'database', 'dbname', 'project'])

/** The keys by which two connections lead to different places. */
function changedKeys(before: Target, now: Target): string[] {
  const one = comparable(before)
  const other = comparable(now)
  const names = [...new Set([...one.keys(), ...other.keys()])]
  return names.filter((name) => !isHarmlessDetail(now.type, name) && one.get(name) !== other.get(name)).sort()
}

function comparable({ type, details }: Target): Map<string, string> {
  const all = Object.entries({ ...inProfile(details, type), type })
  return new Map(all.map(([name, value]) => [name, detailText(value)]))
}

/** A connection has some details encrypted, and somebody gives some of those at the moment. */
interface GivenSecrets {
  readonly stored: Readonly<Record<string, string>>
  readonly given: Readonly<Record<string, string | null>>
}

/**
 * Throws InvalidRequestError for a connection that leads elsewhere while some of its secrets were not given again. A
 * document may keep any detail encrypted, a host too: such a one leads elsewhere when it changes.
 */
export function assertGivenAgain(before: Target, now: Target, { stored, given }: GivenSecrets): void {
  const hidden = Object.keys(given).filter(
    (name) => given[name] !== (stored[name] ?? null) && !isSecretDetail(name) && !isHarmlessDetail(now.type, name),
  )
  const changed = [...new Set([...changedKeys(before, now), ...hidden])].sort()
  const left = Object.keys(stored)
    .filter((name) => !(name in given) && !isHarmlessDetail(now.type, name))
    .sort()
  if (changed.length === 0 || left.length === 0) return
  throw refusal(
    changed,
    `This changes where the connection leads (${changed.join(', ')}), and its stored secrets were not given for that: ` +
      `give ${left.join(', ')} again with the change, or null to remove.`,
  )
}

/**
 * Lets the secrets of a connection and of credentials go where both together lead: credentials to where they went
 * first, and those of a connection to where it leads by itself. Throws InvalidRequestError for any other place.
 */
export async function bindSecrets(
  tx: Tx,
  secretBox: SecretBox,
  connection: ConnectionRow,
  credentials: CredentialsRow | undefined,
  whole: Connection | null,
): Promise<void> {
  if (credentials === undefined || whole === null) return
  const target = { type: whole.type, details: whole.details }
  const outside = changedKeys(connection, target).filter((name) => !withinWarehouse.has(name))
  if (connection.secrets !== null && outside.length > 0) {
    throw refusal(
      outside,
      `The credentials ${credentials.id} say where the connection ${connection.id} leads (${outside.join(', ')}), and its ` +
        'stored secrets were not given for that: say it in the connection instead.',
    )
  }
  if (credentials.secrets === null) return
  if (credentials.secrets_target === null) {
    const secrets_target = JSON.stringify(target)
    await tx.updateTable('credentials').set({ secrets_target }).where('id', '=', credentials.id).execute()
    return
  }
  const changed = changedKeys(credentials.secrets_target, target)
  if (changed.length === 0) return
  const names = Object.keys(openSecrets(credentials.secrets, secretBox, placeInCredentials(credentials)))
    .sort()
    .join(', ')
  throw refusal(
    changed,
    `The secrets of the credentials ${credentials.id} (${names}) were given for another connection; this one differs in ` +
      `${changed.join(', ')}. Remove them with null, make the change, and give them again; or use new credentials.`,
  )
}

function refusal(keys: readonly string[], message: string): InvalidRequestError {
  return new InvalidRequestError(message, { fields: Object.fromEntries(keys.map((key) => [key, message])) })
}
