import { keysOf, pick } from './pick.ts'
import { withoutNull } from './without-null.ts'

export type Given<T> = { readonly [K in keyof T]?: T[K] | null | undefined }

/** `before` with what is given: null returns a value to its default, undefined leaves it. */
export function mergeGiven<T extends object>(before: T, given: Given<T>, defaults: Partial<T>): T {
  const cleared = keysOf(defaults).filter((key) => given[key] === null)
  return { ...before, ...withoutNull(given), ...pick(defaults, cleared) }
}
