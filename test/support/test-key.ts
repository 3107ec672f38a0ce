import { createHash } from 'node:crypto'

/** A secret key like `openssl rand -base64 32` makes it, the same for the same name. */
export function testKey(name: string): string {
  return createHash('sha256').update(name).digest('base64')
}
