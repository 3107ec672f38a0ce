import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { TokenRow } from '../db/schema/tokens.ts'
import { hashToken } from './token-hash.ts'

export const sessionSeconds = 12 * 3600

/** Opens a session for a token and answers its id, which is kept nowhere but in the browser. */
export async function openSession(db: Db, tokenId: number): Promise<string> {
  const id = randomBytes(32).toString('base64url')
  await db.deleteFrom('sessions').where('expires_at', '<', sql<Date>`now()`).execute()
  await db
    .insertInto('sessions')
    .values({ hash: hashToken(id), token_id: tokenId, expires_at: inSeconds(sessionSeconds) })
    .execute()
  return id
}

/** The token whose session this is; undefined when the session is unknown or over, or its token is. */
export async function findSessionToken(db: Db, id: string): Promise<TokenRow | undefined> {
  return db
    .selectFrom('sessions')
    .innerJoin('tokens', 'tokens.id', 'sessions.token_id')
    .selectAll('tokens')
    .where('sessions.hash', '=', hashToken(id))
    .where('sessions.expires_at', '>', sql<Date>`now()`)
    .where('tokens.revoked_at', 'is', null)
    .where((where) =>
      where.or([where('tokens.expires_at', 'is', null), where('tokens.expires_at', '>', sql<Date>`now()`)]),
    )
    .executeTakeFirst()
}

/** The code opens one session for the token, once, within `seconds`. */
export async function createSignInCode(db: Db, tokenId: number, seconds: number): Promise<string> {
  const code = randomBytes(32).toString('base64url')
  await db.deleteFrom('sign_in_codes').where('expires_at', '<', sql<Date>`now()`).execute()
  await db
    .insertInto('sign_in_codes')
    .values({ hash: hashToken(code), token_id: tokenId, expires_at: inSeconds(seconds) })
    .execute()
  return code
}

/** Answers the session that the code opens; undefined when it was used before, or is too old. */
export async function redeemSignInCode(db: Db, code: string): Promise<string | undefined> {
  const redeemed = await db
    .deleteFrom('sign_in_codes')
    .where('hash', '=', hashToken(code))
    .where('expires_at', '>', sql<Date>`now()`)
    .returning('token_id')
    .executeTakeFirst()
  return redeemed && openSession(db, redeemed.token_id)
}

function inSeconds(seconds: number) {
  return sql<Date>`now() + make_interval(secs => ${seconds})`
}
