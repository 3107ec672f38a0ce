import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { isActive } from '../db/is-active.ts'

/** Says where a key was given: `file` is null when it was by STRATUS_SECRET_KEY. */
export interface KeyOrigin {
  readonly machine: string
  readonly file: string | null
}

export type Agreement =
  | { readonly agreed: true }
  /** `first`: where the newest known key came from; null: the secrets are older than the list of keys. */
  | { readonly agreed: false; readonly first: KeyOrigin | null }

/**
 * Says whether a process with these keys can read all secrets of the database, those that are stored and those that
 * processes before it will store. The first process decides; a known key in the set lets it bring a new one. Its first
 * key, which encrypts, is known from then on.
 */
export async function agreeOnKeys(db: Db, keyIds: readonly string[], origin: KeyOrigin): Promise<Agreement> {
  const [encrypting] = keyIds
  if (encrypting === undefined) throw new Error('A process without a key was to agree on keys.')
  return db.transaction().execute(async (tx) => {
    // Two that start at once on an empty database must not both be the first.
    await sql`lock table secret_keys in share row exclusive mode`.execute(tx)
    const known = await tx.selectFrom('secret_keys').selectAll().orderBy('created_at', 'desc').execute()
    const { rows: stored } = await keysOfStoredSecrets.execute(tx)
    const readsAll = stored.every(({ key_id }) => keyIds.includes(key_id))
    const isStranger = known.length > 0 && !known.some(({ key_id }) => keyIds.includes(key_id))
    if (!readsAll || isStranger) {
      const unread = known.find(({ key_id }) =>
        stored.some((each) => each.key_id === key_id && !keyIds.includes(key_id)),
      )
      return { agreed: false, first: unread ?? known[0] ?? null }
    }
    await tx
      .insertInto('secret_keys')
      .values({ key_id: encrypting, ...origin })
      .onConflict((conflict) => conflict.column('key_id').doNothing())
      .execute()
    return { agreed: true }
  })
}

/** Says where the newest key comes from; undefined when a new one may be made. */
export async function findFirstKey(db: Db): Promise<KeyOrigin | null | undefined> {
  const known = await db
    .selectFrom('secret_keys')
    .select(['machine', 'file'])
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (known !== undefined) return known
  const { rows: stored } = await keysOfStoredSecrets.execute(db)
  return stored.length === 0 ? undefined : null
}

/** Nobody reads any more what was deleted. A ciphertext is `v2.<key id>.…`. */
export const keysOfStoredSecrets = sql<{ key_id: string }>`
  select distinct split_part(stored.ciphertext, '.', 2) as key_id
  from (
    select environments.connection_secrets as ciphertext from environments where ${isActive('environments')}
    union all
    select connections.secrets from connections where ${isActive('connections')}
    union all
    select credentials.secrets from credentials where ${isActive('credentials')}
    union all
    select environment_variables.ciphertext from environment_variables
    join projects on projects.id = environment_variables.project_id
    where ${isActive('projects')}
  ) as stored
  where stored.ciphertext is not null`
