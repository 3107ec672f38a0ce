type Given<T> = { [K in keyof T]?: NonNullable<T[K]> }

/** The same object without the keys that hold null or undefined, to be spread over defaults. */
export function withoutNull<T extends object>(object: T): Given<T> {
  const copy: Given<T> = Object.create(null)
  for (const key in object) {
    const value = object[key]
    if (value !== null && value !== undefined) copy[key] = value
  }
  return copy
}
