import { SetupError } from '../domain/errors.ts'

/** How many of 32 random bytes differ from one another, at the very least: fewer come once in 10^10 keys. */
const fewestDistinct = 16

/** Throws a SetupError unless a key is 32 random bytes in base64 or hex, as far as that can be seen. */
export function assertStrongKey(key: string): void {
  const bytes = bytesOf(key)
  if (bytes !== undefined && new Set(bytes).size >= fewestDistinct) return
  throw new SetupError(
    'A key in STRATUS_SECRET_KEY is too weak: expected 32 random bytes in base64 or hex, as `openssl rand -base64 32` makes ' +
      'them. A text that somebody made up can be guessed from a copy of the database.',
  )
}

function bytesOf(key: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(key)) return Buffer.from(key, 'hex')
  // Random letters of base64 are of both cases, unlike words.
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(key) && /[a-z]/.test(key) && /[A-Z]/.test(key)) return Buffer.from(key, 'base64')
  return undefined
}
