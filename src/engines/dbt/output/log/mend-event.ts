import { parseJson } from '../../../../util/objects/parse-json.ts'
import { mapBetweenStrings } from '../../../../util/text/json-strings.ts'

/** dbt writes this for a secret. It hides secrets in its finished JSON, so that a short one breaks numbers and keys. */
const stars = '*****'

const knownKeys: readonly (readonly string[])[] = [
  ['data', 'info'],
  ['category', 'code', 'extra', 'invocation_id', 'level', 'msg', 'name', 'pid', 'thread', 'ts'],
]

/** The value of JSON in which dbt has hidden a secret, with its keys as they were. */
export function parseMended(line: string): unknown {
  if (!line.includes(stars)) return undefined
  const value = parseJson(line) ?? parseJson(mapBetweenStrings(line, withoutStars))
  return isRecord(value) ? mendKeys(value) : undefined
}

function withoutStars(between: string): string {
  if (!between.includes(stars)) return between
  const words = between.split(/([\s,:{}[\]]+)/)
  return words.map((word) => (word.includes(stars) ? 'null' : word)).join('')
}

function mendKeys(value: Record<string, unknown>): Record<string, unknown> {
  const [top = [], ofInfo = []] = knownKeys
  const whole = rename(value, top)
  return isRecord(whole.info) ? { ...whole, info: rename(whole.info, ofInfo) } : whole
}

function rename(value: Record<string, unknown>, known: readonly string[]): Record<string, unknown> {
  const missing = known.filter((key) => !(key in value))
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const original = key.includes(stars) ? missing.find((name) => isHiddenAs(name, key)) : undefined
      return [original ?? key, inner]
    }),
  )
}

function isHiddenAs(name: string, key: string): boolean {
  const [begin = '', ...rest] = key.split(stars)
  return name.startsWith(begin) && name.endsWith(rest.at(-1) ?? '')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
