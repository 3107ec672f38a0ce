import { field } from '../../../util/objects/mapping.ts'

/** Careful looks into data of any shape. */

export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof part === 'number' ? items(value)[part] : field(value, part)),
    root,
  )
}

/** It is given and not null: the document says it rather than leaves it to a default. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}
