import { isSecretDetail, isSecretVariable } from '../../../src/domain/secrets/secret-names.ts'
import { field, isMapping } from '../../../src/util/objects/mapping.ts'

/** Says by their place what a document may leave out, because it means the same. */
const defaults: readonly (readonly [RegExp, unknown])[] = [
  [/^account\.name$/, 'Local'],
  [/^account\.run_slots$/, 4],
  [/\.description$/, ''],
  [/environments\.type$/, 'deployment'],
  [/environments\.engine$/, 'dbt'],
  [/\.schedule\.(date\.)?cron$/, ''],
  [/\.compare_changes_flags$/, '--select state:modified'],
  [/\.errors_on_lint_failure$/, true],
  [/\.timeout_seconds$/, 0],
  [/\.(triggers\.\w+|generate_docs|run_\w+|lifecycle_webhooks|triggers_on_draft_pr)$/, false],
]

/** Settings that the plan tells better: who refers to whom, and which type the triggers mean. */
const leftOut = /\.(id|credentials|job_type|deferring_\w+|job_completion_trigger_condition)$/
const variable = /\.environment_variables\.[^.]+$/

/** A document in one of its many ways to say the same: without ids, references, secrets and defaults, ordered by name. */
export function normalDocument(value: unknown, place = ''): unknown {
  if (Array.isArray(value)) {
    const list = value.map((item) => normalDocument(item, place))
    return /(projects|environments|jobs)$/.test(place) ? list.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)) : list
  }
  if (!isMapping(value)) return variable.test(place) ? String(value) : value
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const at = place === '' ? key : `${place}.${key}`
    if (item === null || item === undefined || leftOut.test(at) || isDefault(at, item) || isSecret(place, key))
      return []
    if (place.endsWith('.connection') && key === 'name' && item === value.type) return []
    const normal = normalDocument(key === 'connection' ? withoutGiven(item, value.credentials) : item, at)
    return isEmpty(normal) ? [] : [[key, normal] as const]
  })
  return Object.fromEntries(entries)
}

function isDefault(at: string, item: unknown): boolean {
  return defaults.some(([where, value]) => where.test(at) && (value === item || value === JSON.stringify(item)))
}

function isSecret(place: string, key: string): boolean {
  return place.endsWith('.environment_variables')
    ? isSecretVariable(key)
    : place.endsWith('.connection') && isSecretDetail(key)
}

function nameOf(item: unknown): string {
  return isMapping(item) ? String(item.name) : ''
}

function isEmpty(value: unknown): boolean {
  return (Array.isArray(value) && value.length === 0) || (isMapping(value) && Object.keys(value).length === 0)
}

/** Credentials hide what the connection says under the same name. */
function withoutGiven(connection: unknown, credentials: unknown): unknown {
  if (!isMapping(connection) || !isMapping(credentials)) return connection
  return Object.fromEntries(Object.entries(connection).filter(([key]) => (field(credentials, key) ?? null) === null))
}
