import { isDeepStrictEqual } from 'node:util'
import type { EnvironmentRow } from '../../db/schema/environments.ts'
import type { Connection, Detail } from '../../domain/environment.ts'
import { isSecretDetail } from '../../domain/secrets/secret-names.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { placeInEnvironment } from '../../secrets/secret-place.ts'
import { field } from '../../util/objects/mapping.ts'
import { openSecrets } from './secrets.ts'
import { assertGivenAgain } from './where-secrets-go.ts'

type Given = Readonly<Record<string, Detail | null | undefined>>

/** A connection of an environment's own as stratus.yml and the API give it: its details beside its name and adapter. */
export interface OwnParts {
  readonly connection?:
    | (Given & { readonly name?: string | null | undefined; readonly type: string })
    | null
    | undefined
  readonly credentials?: Given | null | undefined
}

/** A connection as it is given, without its secrets: those by their names, and what credentials give in its place. */
export function connectionOf({ connection, credentials }: OwnParts): Connection | null {
  if (!connection) return null
  const { name, type, ...given } = connection
  const hidden = (key: string) => isSecretDetail(key) || (field(credentials, key) ?? null) !== null
  const details = Object.entries(given).flatMap(([key, value]) =>
    value === null || value === undefined || hidden(key) ? [] : [[key, value] as const],
  )
  return { name: name ?? type, type, details: Object.fromEntries(details) }
}

interface ChangedSecret {
  readonly name: string
  readonly wasThere: boolean
  readonly isThere: boolean
}

export interface SecretsUpdate {
  readonly changed: readonly ChangedSecret[]
  /** The texts to store, sealed; `undefined` leaves the stored ones. */
  readonly secrets: Readonly<Record<string, string>> | undefined
}

/**
 * The secrets of the connection: those that the document gives replace what is stored, `null` removes one, others stay.
 * Secrets of a connection of another type go with it.
 */
export function updateSecrets(input: OwnParts, row: EnvironmentRow | undefined, secretBox: SecretBox): SecretsUpdate {
  const stored = storedSecrets(row, secretBox)
  const kept = input.connection && input.connection.type === row?.connection?.type ? (stored ?? {}) : {}
  const wanted = new Map(Object.entries(kept))
  const connection = connectionOf(input)
  for (const name of Object.keys(connection?.details ?? {})) wanted.delete(name)
  const given = givenSecrets(input)
  if (connection && row?.connection) {
    assertGivenAgain(row.connection, connection, {
      stored: Object.fromEntries(wanted),
      given: Object.fromEntries(given),
    })
  }
  for (const [name, value] of given) {
    if (value === null) wanted.delete(name)
    else wanted.set(name, value)
  }
  const next = Object.fromEntries(wanted)
  if (stored === undefined && input.connection && wanted.size === 0) return { changed: [], secrets: undefined }
  const before = stored ?? {}
  if (isDeepStrictEqual(before, next)) return { changed: [], secrets: undefined }
  const names = [...new Set([...Object.keys(before), ...Object.keys(next)])].sort()
  const changed = names
    .filter((name) => before[name] !== next[name])
    .map((name) => ({ name, wasThere: before[name] !== undefined, isThere: next[name] !== undefined }))
  return { changed, secrets: next }
}

/** `credentials` win over secret details that stand in the connection itself. */
function givenSecrets({ connection, credentials }: OwnParts): [string, string | null][] {
  const { name: _name, type: _type, ...details } = connection ?? {}
  const secretDetails = Object.entries(details).filter(([key]) => isSecretDetail(key))
  return [...secretDetails, ...Object.entries(credentials ?? {})].map(([key, value]) => [
    key,
    value === null || value === undefined ? null : String(value),
  ])
}

/** It is undefined when no key that this server has decrypts them. */
export function storedSecrets(
  row: EnvironmentRow | undefined,
  secretBox: SecretBox,
): Record<string, string> | undefined {
  if (!row?.connection_secrets) return {}
  try {
    return openSecrets(row.connection_secrets, secretBox, placeInEnvironment(row))
  } catch {
    return undefined
  }
}
