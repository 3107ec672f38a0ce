/** Says how many of 32 random bytes differ from one another, at the very least: fewer come once in 10^10 keys. */
const fewestDistinct = 16

export const strongKeyExpected = '32 random bytes in base64 or hex (make one with: openssl rand -base64 32)'

/** It is false for a key that somebody may have made up, and that can be guessed from a copy of the database. */
export function isStrongKey(key: string): boolean {
  return new Set(bytesOf(key)).size >= fewestDistinct
}

function bytesOf(key: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(key)) return Buffer.from(key, 'hex')
  // Random letters of base64 are of both cases, unlike words.
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(key) && /[a-z]/.test(key) && /[A-Z]/.test(key)) return Buffer.from(key, 'base64')
  return undefined
}
