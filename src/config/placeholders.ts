import { isIP } from 'node:net'
import { SetupError } from '../domain/errors.ts'
import type { Env } from './env-variables.ts'

/** Throws a SetupError for a secret of `.env.example`, which everybody knows, where others than this machine can reach the port. */
export function assertOwnSecrets(env: Env, host: string): void {
  if (isLoopback(env.STRATUS_PUBLISHED_HOST ?? host)) return
  const password = env.DATABASE_URL === undefined ? '' : decodeURIComponent(new URL(env.DATABASE_URL).password)
  const known = [
    ...(isPlaceholder(env.STRATUS_ADMIN_TOKEN ?? '') ? ['STRATUS_ADMIN_TOKEN'] : []),
    ...(isPlaceholder(password) ? ['the password in DATABASE_URL'] : []),
  ]
  if (known.length === 0) return
  throw new SetupError(
    `Change ${known.join(' and ')}: what .env.example says is known to everybody, and others than this machine can reach this ` +
      'server. Make one with: openssl rand -hex 32',
  )
}

function isPlaceholder(secret: string): boolean {
  return secret.startsWith('change-me')
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
