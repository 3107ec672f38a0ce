import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { TokenRow } from '../db/schema/tokens.ts'
import { hashToken } from './token-hash.ts'

// A revoked token must stop working within 2 s on every server; the rest of that time is the lookup's own.
const cacheMs = 1_800
const cacheSize = 1_000

interface CachedToken {
  readonly row: TokenRow
  readonly freshUntil: number
}

/** Each database handle has a cache; it goes when the handle does. Keys are hashes, so that no token is kept. */
const caches = new WeakMap<Db, Map<string, CachedToken>>()

/** The token's row, or undefined when it is unknown, revoked or expired. Only successes are cached. */
export async function authenticateToken(ctx: { db: Db }, token: string): Promise<TokenRow | undefined> {
  const hash = hashToken(token)
  const key = hash.toString('base64')
  const cache = cacheOf(ctx.db)
  const cached = cache.get(key)
  if (cached && cached.freshUntil > performance.now() && !hasExpired(cached.row)) return cached.row
  const askedAt = performance.now()
  const row = await findValidToken(ctx.db, hash)
  cache.delete(key)
  if (row === undefined) return undefined
  cache.set(key, { row, freshUntil: askedAt + cacheMs })
  dropOldest(cache)
  recordUse(ctx.db, row)
  return row
}

function hasExpired({ expires_at }: TokenRow): boolean {
  return expires_at !== null && expires_at.getTime() <= Date.now()
}

/** Takes a token that was just revoked or changed out of this process's cache. */
export function forgetToken(db: Db, row: Pick<TokenRow, 'hash'>): void {
  caches.get(db)?.delete(row.hash.toString('base64'))
}

async function findValidToken(db: Db, hash: Buffer): Promise<TokenRow | undefined> {
  return await db
    .selectFrom('tokens')
    .selectAll()
    .where('hash', '=', hash)
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', sql<Date>`now()`)]))
    .executeTakeFirst()
}

/** It is written at most once a minute for all servers, and no request waits for it. */
function recordUse(db: Db, row: TokenRow): void {
  if (row.last_used_at && Date.now() - row.last_used_at.getTime() < 60_000) return
  db.updateTable('tokens')
    .set({ last_used_at: sql<Date>`now()` })
    .where('id', '=', row.id)
    .where(sql<boolean>`coalesce(last_used_at < now() - interval '1 minute', true)`)
    .execute()
    .catch(() => {
      // It is a convenience for people who tidy up tokens; the next use tries again.
    })
}

function cacheOf(db: Db): Map<string, CachedToken> {
  const known = caches.get(db)
  if (known) return known
  const made = new Map<string, CachedToken>()
  caches.set(db, made)
  return made
}

function dropOldest(cache: Map<string, CachedToken>): void {
  for (const key of cache.keys()) {
    if (cache.size <= cacheSize) return
    cache.delete(key)
  }
}
