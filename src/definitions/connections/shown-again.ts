import { isDeepStrictEqual } from 'node:util'
import type { Detail } from '../../domain/environment.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { hasMask, isMask, maskProblem, shownDetail } from '../../domain/secrets/secret-mask.ts'
import { isSecretDetail } from '../../domain/secrets/secret-names.ts'
import type { Details } from './secrets.ts'

interface Stored {
  readonly details: Details
  /** It is undefined when no key that this server has decrypts them. */
  readonly secrets: Readonly<Record<string, string>> | undefined
}

type Given = Readonly<Record<string, Detail | null | undefined>>
type IsSecret = (name: string) => boolean

/**
 * Details as they were given, where one that came back as it is shown is what is stored: an address has its credentials
 * again, and a secret of stars was not given at all.
 */
export function storedWhereShown<T extends Given>(
  given: T,
  { details, secrets }: Stored,
  isSecret: IsSecret = isSecretDetail,
): T {
  const entries = Object.entries(given).flatMap(([name, value]): [string, unknown][] => {
    if (isSecret(name)) return isStars(value) && (secrets === undefined || name in secrets) ? [] : [[name, value]]
    const stored = details[name]
    return [[name, stored !== undefined && isDeepStrictEqual(shownDetail(stored), value) ? stored : value]]
  })
  return Object.fromEntries(entries) as T
}

/** Says why details may not be stored in which stars still stand for something, by their names. `known`: they may stay. */
export function maskProblems(
  given: Given,
  known: Details,
  isSecret: IsSecret = isSecretDetail,
): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(given).flatMap(([name, value]): [string, string][] => {
      if (isDeepStrictEqual(value, known[name])) return []
      if (isSecret(name)) return isStars(value) ? [[name, maskProblem(name)]] : []
      const masked = [value].flat().some((one) => typeof one === 'string' && hasMask(one))
      return masked ? [[name, `got text with *****, which stands for what is not shown. Give ${name} whole`]] : []
    }),
  )
}

/** Throws InvalidRequestError for such details. */
export function assertNoMasks(given: Given, known: Details = {}): void {
  const problems = maskProblems(given, known)
  if (problems.size === 0) return
  const fields = Object.fromEntries([...problems].map(([name, message]) => [name, `${name}: ${message}.`]))
  throw new InvalidRequestError(Object.values(fields).join('\n'), { fields })
}

function isStars(value: Detail | null | undefined): boolean {
  return typeof value === 'string' && isMask(value)
}
