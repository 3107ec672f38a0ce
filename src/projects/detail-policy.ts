import path from 'node:path'
import type { Detail } from '../domain/environment.ts'
import { InvalidRequestError } from '../domain/errors.ts'
import type { ApplyPolicy } from './apply-policy.ts'
import { isBelow } from './is-below.ts'

type Given = Readonly<Record<string, Detail | null | undefined>>

/** Keys by which an adapter loads code or does what no key alone tells. */
const powers = new Set(['attach', 'config_options', 'filesystems', 'plugins', 'secrets', 'settings'])

const files = new Set(['ca_cert', 'cert', 'external_root', 'service'])

const noFiles = new Set(['http_path', 'search_path'])

/** Why details may not be given by somebody who has no shell here, by their keys. `known`: they may stay. */
export async function detailProblems(
  given: Given,
  { unrestricted, projectRoots }: Pick<ApplyPolicy, 'unrestricted' | 'projectRoots'>,
  known: Given = {},
): Promise<ReadonlyMap<string, string>> {
  const problems = new Map<string, string>()
  if (unrestricted) return problems
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === '' || String(value) === String(known[name])) continue
    const key = name.toLowerCase()
    const values = [value].flat().map(String)
    if (powers.has(key)) {
      problems.set(
        name,
        "expected nothing: it has the worker load code or open files. A project's own profiles.yml can say it",
      )
    } else if (key === 'extensions' && !values.every((one) => /^[a-z0-9_]+$/.test(one))) {
      problems.set(name, 'expected names of DuckDB extensions: lower-case letters, digits and _')
    } else if (namesFiles(key)) {
      const below = await Promise.all(values.map((one) => isAllowed(one, projectRoots)))
      if (!below.every(Boolean)) problems.set(name, allowedFiles(projectRoots))
    }
  }
  return problems
}

/** Throws InvalidRequestError for details that the policy does not allow. */
export async function assertDetails(policy: ApplyPolicy, given: Given, known?: Given): Promise<void> {
  const problems = await detailProblems(given, policy, known)
  if (problems.size === 0) return
  const fields = Object.fromEntries([...problems].map(([name, message]) => [name, `${name}: ${message}.`]))
  throw new InvalidRequestError(Object.values(fields).join('\n'), { fields })
}

/** How a detail stands among what an account has already: no value of another key, and no path, is the same text. */
export function knownDetail(name: string, value: unknown): string {
  return `${name}\u0000${String(value)}`
}

function namesFiles(key: string): boolean {
  return !noFiles.has(key) && (files.has(key) || /(?:^sslkey|cert|crl|file|paths?|_dir|_directory)$/.test(key))
}

/** A path that is relative and does not climb is of the project. */
async function isAllowed(place: string, roots: readonly string[]): Promise<boolean> {
  if (/^(?:[a-z][a-z0-9+.-]*:\/\/|md:|motherduck:|:memory:)/i.test(place)) return !/^file:/i.test(place)
  if (!path.isAbsolute(place)) return !place.startsWith('~') && !path.normalize(place).startsWith('..')
  return await isBelow(place, roots)
}

function allowedFiles(roots: readonly string[]): string {
  return roots.length === 0
    ? 'expected a path within the project: this server allows no other files until STRATUS_PROJECT_ROOTS names their folder'
    : `expected a path within the project, or below ${roots.join(', ')} (STRATUS_PROJECT_ROOTS of the server)`
}
