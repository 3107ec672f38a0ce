/** Copies the object with these of its keys alone. */
export function pick<T extends object, K extends keyof T>(object: T, keys: readonly K[]): Pick<T, K> {
  const picked: Pick<T, K> = Object.create(null)
  for (const key of keys) picked[key] = object[key]
  return { ...picked }
}

/** The keys of an object that has no others than its type says. */
export function keysOf<T extends object>(object: T): Extract<keyof T, string>[] {
  const keys: Extract<keyof T, string>[] = []
  for (const key in object) keys.push(key)
  return keys
}

/** Makes a record with `value` of each of these keys. */
export function recordOf<K extends string, V>(keys: readonly K[], value: (key: K) => V): Record<K, V> {
  const record: Record<K, V> = Object.create(null)
  for (const key of keys) record[key] = value(key)
  return { ...record }
}
