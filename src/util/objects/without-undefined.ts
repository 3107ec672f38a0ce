type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** The same object without the keys that hold undefined: absent and undefined are different things to the compiler. */
export function withoutUndefined<T extends object>(object: T): Defined<T> {
  const copy: Defined<T> = { ...object }
  for (const key in copy) if (copy[key] === undefined) delete copy[key]
  return copy
}
