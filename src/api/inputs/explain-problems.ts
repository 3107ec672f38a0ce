import type * as z from 'zod'
import { isSecretPath } from '../../definitions/stratus-yml/schema/secret-path.ts'

/** Writes one sentence per field: what is expected there and what was got. */
export function explainProblems(error: z.ZodError, input: unknown): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const issue of error.issues) {
    const name = issue.path.length === 0 ? 'body' : issue.path.map(String).join('.')
    const got = mayBeSecret(issue.path) ? 'a value that is not shown' : describeValue(valueAt(input, issue.path))
    fields[name] ??= `${asSentence(issue.message)} Got ${got}.`
  }
  return fields
}

const secretFields: readonly PropertyKey[] = [
  'raw_value',
  'display_value',
  'env_var',
  'env_vars',
  'connection',
  'credential_details',
  'details',
]

function mayBeSecret(path: readonly PropertyKey[]): boolean {
  const names = path.map((part) => (typeof part === 'number' ? part : String(part)))
  const isWhole = path.length === 1 && path[0] === 'stratus'
  return isWhole || isSecretPath(names) || path.some((part) => secretFields.includes(part))
}

function asSentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (isIndexable(value) ? Reflect.get(value, key) : undefined), input)
}

function isIndexable(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** A value as its sender would recognise it, bounded. */
function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return `a list (${shorten(JSON.stringify(value))})`
  return shorten(JSON.stringify(value))
}

const longest = 100

function shorten(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`
}
