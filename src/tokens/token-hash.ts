import { hash } from 'node:crypto'

/** Tokens are 256 random bits, so that one plain hash keeps them as safe as a slow one. */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
