import { createHash } from 'node:crypto'

/** Tokens are 256 random bits, so that one plain hash keeps them as safe as a slow one. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
