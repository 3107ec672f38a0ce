import type * as z from 'zod'
import { field, isMapping } from '../../../util/objects/mapping.ts'
import { nearestName } from '../../../util/text/nearest-name.ts'
import { type DocumentPath, type Problem, pathText, problem } from './problem.ts'
import { isSecretPath } from './secret-path.ts'
import { valueAt } from './values.ts'

/** Says what zod expects as the end of a sentence; a message of a schema's own comes before this. */
export function expectationOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return typeNames.get(issue.expected) ?? issue.expected
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`
    default:
      return undefined
  }
}

const typeNames = new Map([
  ['string', 'text'],
  ['array', 'a list'],
  ['object', 'a mapping of keys to values'],
  ['record', 'a mapping of names to values'],
  ['boolean', 'true or false'],
  ['number', 'a number'],
  ['int', 'a whole number'],
])

/** Nobody reads more of them at once, and a document that is no document must not keep the server busy. */
export const mostProblems = 200

/** `fromEnv`: the paths whose values came from the environment, which no message may show. */
export function explainIssues(
  issues: readonly z.core.$ZodIssue[],
  data: unknown,
  fromEnv: ReadonlyMap<string, string>,
): Problem[] {
  return issues.slice(0, mostProblems).flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
    if (issue.code === 'unrecognized_keys') {
      return issue.keys
        .slice(0, mostProblems)
        .map((key) => problem([...path, key], unknownKey(key, issue.message.split(' ')), 'key'))
    }
    if (issue.code === 'invalid_key') {
      const expectation = issue.issues[0]?.message ?? issue.message
      return [
        problem(path, `got the name ${JSON.stringify(shorten(String(path.at(-1))))}, expected ${expectation}`, 'key'),
      ]
    }
    const branch = issue.code === 'invalid_union' ? onlyNearBranch(issue.errors) : undefined
    if (branch !== undefined) {
      const inner = branch.map((found) => ({ ...found, path: [...issue.path, ...found.path] }))
      return explainIssues(inner, data, fromEnv)
    }
    return [problem(path, `${gotAt(path, data, fromEnv)}, expected ${issue.message}`)]
  })
}

/** A choice between shapes has its fault inside the shape that was meant, so only that one is told. */
function onlyNearBranch(branches: readonly (readonly z.core.$ZodIssue[])[]) {
  const near = branches.filter((issues) =>
    issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'),
  )
  return near.length === 1 ? near[0] : undefined
}

/** Keys of dbt Cloud's exports that have another place here. */
const elsewhere = new Map([
  ['account_id', 'leave it out: a document is for one account'],
  ['project_id', 'leave it out: this belongs to the project that it stands in'],
  ['environment_id', 'leave it out: a job belongs to the environment that it stands in'],
  ['state', 'leave it out: what should go is left out, and deleted with --prune'],
  ['generate_sources', 'write "run_generate_sources"'],
  ['custom_branch_only', 'leave it out: it has no effect any more'],
  ['custom_environment_variables', 'write "environment_variables: {NAME: value}"'],
  ['linked_id', 'write "id"'],
])

function unknownKey(key: string, known: readonly string[]): string {
  const advice = elsewhere.get(key)
  const head = `unknown key ${JSON.stringify(shorten(key))}`
  if (advice !== undefined) return `${head}, ${advice}`
  const nearest = nearestName(key, known)
  return nearest === undefined ? `${head}, expected one of ${known.join(', ')}` : `${head}, expected "${nearest}"`
}

export function gotAt(path: DocumentPath, data: unknown, fromEnv: ReadonlyMap<string, string>): string {
  const value = valueAt(data, path)
  if (value === undefined) return 'missing'
  const variable = fromEnv.get(pathText(path))
  if (variable !== undefined) return `got the value of the environment variable ${variable}`
  return `got ${describeValue(value, isSecretPath(path))}`
}

function describeValue(value: unknown, secret: boolean): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (isMapping(value)) {
    return field(value, 'from_env') === undefined
      ? 'a mapping'
      : 'from_env, which "stratus apply" resolves before it sends'
  }
  if (secret) return 'a value that is not shown'
  return typeof value === 'string' ? JSON.stringify(shorten(withoutUrlPassword(value))) : String(value)
}

function withoutUrlPassword(text: string): string {
  return text.replace(/(:\/\/)[^/@\s]*@/, '$1…@')
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
