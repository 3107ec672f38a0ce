import type { Detail } from '../../domain/environment.ts'
import { isSecretDetail } from '../../domain/secrets/secret-names.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import type { SecretPlace } from '../../secrets/secret-place.ts'

export type Details = Readonly<Record<string, Detail>>
/** Details as they are given: null removes one. */
export type GivenDetails = Readonly<Record<string, Detail | null>>

/** Parts given details from those that are secrets by their name. */
export function splitDetails(given: GivenDetails): {
  details: Details
  secrets: Readonly<Record<string, string | null>>
} {
  const details: Record<string, Detail> = {}
  const secrets: Record<string, string | null> = {}
  for (const [name, value] of Object.entries(given)) {
    if (isSecretDetail(name)) secrets[name] = value === null ? null : String(value)
    else if (value !== null) details[name] = value
  }
  return { details, secrets }
}

export function openSecrets(
  ciphertext: string | null,
  secretBox: SecretBox,
  place: SecretPlace,
): Record<string, string> {
  if (ciphertext === null) return {}
  const secrets: Record<string, string> = JSON.parse(secretBox.decrypt(ciphertext, place))
  return secrets
}

export function sealSecrets(
  secrets: Readonly<Record<string, string>>,
  secretBox: SecretBox,
  place: SecretPlace,
): string | null {
  return Object.keys(secrets).length === 0 ? null : secretBox.encrypt(JSON.stringify(secrets), place)
}

/** Secrets that are given replace what is stored, null removes one, the others stay. Undefined: nothing changes. */
export function changeSecrets(
  stored: string | null,
  given: Readonly<Record<string, string | null>>,
  secretBox: SecretBox,
  place: SecretPlace,
): string | null | undefined {
  if (Object.keys(given).length === 0) return undefined
  const before = openSecrets(stored, secretBox, place)
  const after = new Map(Object.entries(before))
  for (const [name, value] of Object.entries(given)) {
    if (value === null) after.delete(name)
    else after.set(name, value)
  }
  const same = after.size === Object.keys(before).length && [...after].every(([name, value]) => before[name] === value)
  return same ? undefined : sealSecrets(Object.fromEntries(after), secretBox, place)
}
