import path from 'node:path'
import {
  type DetailKind,
  detailsOfAdapter,
  detailsOfAny,
  detailText,
  knownAdapters,
  mayBeList,
} from '../../domain/adapter-details.ts'
import type { Detail } from '../../domain/environment.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { isSecretDetail } from '../../domain/secrets/secret-names.ts'
import { isOneLine } from '../../domain/text/one-line-text.ts'
import { isPlainName, plainNameRule } from '../../domain/text/plain-name.ts'
import { isBelow } from '../../util/files/is-below.ts'
import { hideAllCredentials } from '../../util/text/hide-credentials.ts'
import { nearestName } from '../../util/text/nearest-name.ts'
import type { ApplyPolicy } from './machine-policy.ts'

type Given = Readonly<Record<string, Detail | null | undefined>>

type DetailPolicy = Pick<ApplyPolicy, 'unrestricted' | 'projectRoots' | 'allowedDetails'>

/** Details as somebody gives them. Credentials have no adapter: what uses them decides. */
export interface GivenPart {
  readonly adapter?: string | undefined
  readonly details: Given
  /** It is true where every detail is kept encrypted, whatever its name. */
  readonly hidden?: boolean
}

/** By these keys adapters that are not known here load code, or do what no key alone tells. */
const powers = new Set(['attach', 'config_options', 'filesystems', 'plugins', 'secrets', 'settings'])

const files = new Set(['ca_cert', 'cert', 'external_root', 'service'])

const noFiles = new Set(['http_path', 'search_path'])

/** This is many times what any adapter has: each that is unknown is compared with all that are known. */
const mostDetails = 500

/** Says why details may not be given by somebody who has no shell here, by their keys. `known`: they may stay. */
export async function detailProblems(
  { adapter, details, hidden = false }: GivenPart,
  policy: DetailPolicy,
  known: GivenPart = { details: {} },
): Promise<ReadonlyMap<string, string>> {
  const problems = new Map<string, string>()
  const isSameAdapter = adapter === known.adapter
  if (!isSameAdapter && adapter !== undefined && !isAllowedAdapter(adapter, policy)) {
    return problems.set('type', allowedAdapters(adapter))
  }
  const given = Object.entries(details)
  if (given.length > mostDetails) {
    return problems.set('details', `expected at most ${mostDetails} keys, got ${given.length}`)
  }
  for (const [name, value] of given) {
    if (value === null || value === undefined || value === '') continue
    if (isSameAdapter && detailText(value) === detailText(known.details[name])) continue
    const values = [value].flat().map(String)
    const reason = await problemOf({ adapter, name, values, hidden, isList: Array.isArray(value) }, policy)
    if (reason !== undefined) problems.set(name, reason)
  }
  return problems
}

/** Throws InvalidRequestError for details that the policy does not allow. */
export async function assertDetails(policy: DetailPolicy, given: GivenPart, known?: GivenPart): Promise<void> {
  const problems = await detailProblems(given, policy, known)
  if (problems.size === 0) return
  const fields = Object.fromEntries([...problems].map(([name, message]) => [name, `${name}: ${message}.`]))
  throw new InvalidRequestError(Object.values(fields).join('\n'), { fields })
}

/** Throws InvalidRequestError for text that the adapter would take for more, where it was written before the adapter was known. */
export function assertFitsAdapter(adapter: string, details: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(details)) {
    if (!breaksOut(adapter, [value].flat().map(String))) continue
    throw new InvalidRequestError(`${name}: ${withoutSeparators}, because the connection is of ${adapter}.`)
  }
}

/** Says how a detail stands among what an account has already: no value of another key, and no path, is the same text. */
export function knownDetail(adapter: string | undefined, name: string, value: unknown): string {
  return `${adapter}.${name}\u0000${detailText(value)}`
}

interface Named {
  readonly adapter: string | undefined
  readonly name: string
  readonly values: readonly string[]
  readonly hidden: boolean
  readonly isList: boolean
}

async function problemOf(named: Named, policy: DetailPolicy): Promise<string | undefined> {
  const { adapter, name, values, hidden } = named
  const kind = kindOf(named)
  if (!hidden && !isSecretDetail(name) && values.some(hasCredentials)) {
    return 'expected an address without a user and a password, which would be shown: give them under keys of their own'
  }
  const text = problemOfText(named)
  if (text !== undefined) return text
  if (policy.unrestricted || allows(policy, `${adapter}.${name}`)) return undefined
  if (kind === undefined) return knownKeys(adapter, name)
  if (kind === 'code') {
    return (
      "expected nothing: it has the worker load code or open files. A project's own profiles.yml can say it, or the server " +
      'allows it in STRATUS_ALLOWED_DETAILS'
    )
  }
  if (name === 'extensions' && !values.every((one) => /^[a-z0-9_]+$/.test(one))) {
    return 'expected names of DuckDB extensions: lower-case letters, digits and _'
  }
  if (kind !== 'file') return undefined
  const below = await Promise.all(values.map((one) => isAllowedFile(one, policy.projectRoots)))
  return below.every(Boolean) ? undefined : allowedFiles(policy.projectRoots)
}

/** dbt is given these as they are, in a profile. */
const plainNames = new Set(['dataset', 'default_schema', 'schema', 'target_name'])

const mostThreads = 1_024

const odbc = new Set(['fabric', 'sqlserver', 'synapse'])

const withoutSeparators = 'expected text without ; { and }'

/** These adapters put the texts side by side into one, in which each of the characters ends one and begins another. */
function breaksOut(adapter: string, values: readonly string[]): boolean {
  return odbc.has(adapter) && values.some((one) => /[;{}]/.test(one))
}

function problemOfText({ adapter, name, values, hidden, isList }: Named): string | undefined {
  const isKnown = (adapter === undefined ? detailsOfAny : detailsOfAdapter(adapter))?.has(name)
  if (isList && isKnown && !mayBeList(name)) return 'got a list, expected one value'
  if (plainNames.has(name) && !values.every(isPlainName)) return `expected ${plainNameRule}`
  if (name === 'threads' && !values.every((one) => /^\d{1,4}$/.test(one) && +one >= 1 && +one <= mostThreads)) {
    return `expected a whole number from 1 to ${mostThreads}`
  }
  if (isSecretDetail(name)) return undefined
  if (adapter !== undefined && breaksOut(adapter, values)) return withoutSeparators
  return hidden || values.every(isOneLine) ? undefined : 'expected text in one line'
}

/** Undefined: the adapter is known, and has no such key. */
function kindOf({ adapter, name }: Pick<Named, 'adapter' | 'name'>): DetailKind | undefined {
  const keys = adapter === undefined ? detailsOfAny : detailsOfAdapter(adapter)
  if (keys !== undefined) return keys.get(name)
  const key = name.toLowerCase()
  if (powers.has(key)) return 'code'
  const namesFile = files.has(key) || /(?:^sslkey|cert|crl|file|paths?|_dir|_directory)$/.test(key)
  return namesFile && !noFiles.has(key) ? 'file' : 'target'
}

function isAllowedAdapter(adapter: string, policy: DetailPolicy): boolean {
  return policy.unrestricted || detailsOfAdapter(adapter) !== undefined || allows(policy, adapter)
}

function allows({ allowedDetails = [] }: DetailPolicy, what: string): boolean {
  return allowedDetails.includes(what)
}

/** It is true for an address that has a user, a password or a token in it. */
function hasCredentials(text: string): boolean {
  return hideAllCredentials(text, '*****') !== text
}

function knownKeys(adapter: string | undefined, name: string): string {
  const keys = adapter === undefined ? detailsOfAny : (detailsOfAdapter(adapter) ?? detailsOfAny)
  const nearest = nearestName(name, [...keys.keys()])
  const whose = adapter === undefined ? 'any adapter that Stratus knows' : `the adapter ${adapter}`
  const others = `STRATUS_ALLOWED_DETAILS of the server can allow others, such as ${adapter ?? 'adapter'}.${name}`
  return `expected a key of ${whose}${nearest === undefined ? '' : `, such as ${nearest}`}. ${others}`
}

function allowedAdapters(adapter: string): string {
  return (
    `got ${JSON.stringify(adapter)}, expected ${knownAdapters.join(', ')}, or one that STRATUS_ALLOWED_DETAILS of the server ` +
    'allows: what the details of another can do is not known'
  )
}

/** Places of which no part is a file of the machine. */
const elsewhere =
  /^(?:(?:https?|s3[an]?|gcs|gs|r2|az|azure|abfss?|wasbs?|hf|hdfs|dbfs):\/\/|md:|motherduck:|postgres:|:memory:)/i

/** A path that is relative and does not climb is of the project. */
async function isAllowedFile(given: string, roots: readonly string[]): Promise<boolean> {
  const place = given.replace(/^ducklake:/i, '')
  if (elsewhere.test(place)) return !place.split('/').includes('..')
  // DuckDB opens what stands behind `file:` or `duckdb:`, and loads the extension that another prefix names.
  if (/^[a-z][\w+.-]*:/i.test(place)) return false
  if (!path.isAbsolute(place)) return !place.startsWith('~') && !path.normalize(place).startsWith('..')
  return await isBelow(place, roots)
}

function allowedFiles(roots: readonly string[]): string {
  return roots.length === 0
    ? 'expected a path within the project: this server allows no other files until STRATUS_PROJECT_ROOTS names their folder'
    : `expected a path within the project, or below ${roots.join(', ')} (STRATUS_PROJECT_ROOTS of the server)`
}
