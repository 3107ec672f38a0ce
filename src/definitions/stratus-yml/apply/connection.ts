import { isDeepStrictEqual } from 'node:util'
import type { EnvironmentRow } from '../../../db/schema/environments.ts'
import type { Connection } from '../../../domain/environment.ts'
import { isSecretDetail } from '../../../domain/secrets/secret-names.ts'
import type { SecretBox } from '../../../secrets/secret-box.ts'
import { placeInEnvironment } from '../../../secrets/secret-place.ts'
import { field } from '../../../util/objects/mapping.ts'
import { openSecrets } from '../../connections/secrets.ts'
import { assertGivenAgain } from '../../connections/where-secrets-go.ts'
import type { EnvironmentDocument } from '../schema/environment-schema.ts'
import { isGiven } from '../schema/values.ts'
import { type PlanChange, secretPlaceholder } from './plan.ts'

/** A connection as the document has it, without its secrets: those by their names, and what credentials give in its place. */
export function connectionOf({ connection, credentials }: EnvironmentDocument): Connection | null {
  if (!connection) return null
  const { name, type, ...given } = connection
  const hidden = (key: string) => isSecretDetail(key) || isGiven(field(credentials, key))
  const details = Object.entries(given).flatMap(([key, value]) =>
    value === null || value === undefined || hidden(key) ? [] : [[key, value] as const],
  )
  return { name: name ?? type, type, details: Object.fromEntries(details) }
}

export interface SecretsUpdate {
  readonly changes: readonly PlanChange[]
  /** The texts to store, sealed; `undefined` leaves the stored ones. */
  readonly secrets: Readonly<Record<string, string>> | undefined
}

/**
 * The secrets of the connection: those that the document gives replace what is stored, `null` removes one, others stay.
 * Secrets of a connection of another type go with it.
 */
export function updateSecrets(
  input: EnvironmentDocument,
  row: EnvironmentRow | undefined,
  secretBox: SecretBox,
): SecretsUpdate {
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
  if (stored === undefined && input.connection && wanted.size === 0) return { changes: [], secrets: undefined }
  const before = stored ?? {}
  if (isDeepStrictEqual(before, next)) return { changes: [], secrets: undefined }
  const names = [...new Set([...Object.keys(before), ...Object.keys(next)])].sort()
  const changes = names
    .filter((name) => before[name] !== next[name])
    .map((name) => ({ key: `credentials.${name}`, from: shown(before[name]), to: shown(next[name]) }))
  return { changes, secrets: next }
}

/** `credentials` win over secret details that stand in the connection itself. */
function givenSecrets({ connection, credentials }: EnvironmentDocument): [string, string | null][] {
  const { name: _name, type: _type, ...details } = connection ?? {}
  const secretDetails = Object.entries(details).filter(([key]) => isSecretDetail(key))
  return [...secretDetails, ...Object.entries(credentials ?? {})].map(([key, value]) => [
    key,
    value === null || value === undefined ? null : String(value),
  ])
}

/** Undefined when no key that this server has decrypts them. */
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

function shown(value: string | undefined): string | null {
  return value === undefined ? null : secretPlaceholder
}
