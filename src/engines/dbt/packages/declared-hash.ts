import { createHash } from 'node:crypto'
import { isMapping } from '../../../util/objects/mapping.ts'
import type { PackageList, PackageSpec } from './declared-packages.ts'

/**
 * The `sha1_hash` that dbt writes into package-lock.yml for these declarations, by which it knows that the lock still
 * holds. For what dbt writes otherwise (numbers with a point, other versions of dbt) it is another, that fits no lock.
 */
export function declaredHash({ rendered, written }: PackageList): string {
  const texts = rendered.map((spec, position) => json({ ...withDefaults(spec), unrendered: written[position] ?? {} }))
  return createHash('sha1').update(texts.sort().join('\n')).digest('hex')
}

function withDefaults(spec: PackageSpec): PackageSpec {
  if (spec.package !== undefined) return { install_prerelease: false, ...spec }
  if (spec.git !== undefined) return { revision: null, subdirectory: null, 'warn-unpinned': null, ...spec }
  return spec
}

/** Writes JSON as Python's `json.dumps(value, sort_keys=True)` does. */
function json(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(json).join(', ')}]`
  if (isMapping(value)) {
    const keys = Object.keys(value).sort()
    return `{${keys.map((key) => `${json(key)}: ${json(value[key])}`).join(', ')}}`
  }
  return (JSON.stringify(value) ?? 'null').replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
