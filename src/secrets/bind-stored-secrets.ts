import { sql } from 'kysely'
import type { Db, Tx } from '../db/database.ts'
import type { ConnectionRow, CredentialsRow } from '../db/schema/connections.ts'
import type { EnvironmentVariableRow } from '../db/schema/environment-variables.ts'
import type { EnvironmentRow } from '../db/schema/environments.ts'
import type { SecretBox } from './secret-box.ts'
import {
  placeInConnection,
  placeInCredentials,
  placeInEnvironment,
  placeInVariable,
  type SecretPlace,
} from './secret-place.ts'

/**
 * Binds the ciphertexts that were there before places counted to theirs, once. One that no key of this process opens stays
 * as it is, and is refused wherever it is read: only secrets of what was deleted come to that.
 */
export async function bindStoredSecrets(db: Db, secretBox: SecretBox): Promise<void> {
  const first = await db.selectFrom('unbound_secrets').select('id').limit(1).executeTakeFirst()
  if (first === undefined) return
  await db.transaction().execute(async (tx) => {
    // Another process that starts at the same time finds the list empty.
    await sql`lock table unbound_secrets in access exclusive mode`.execute(tx)
    await bind<ConnectionRow>(tx, secretBox, 'connections', 'secrets', placeInConnection)
    await bind<CredentialsRow>(tx, secretBox, 'credentials', 'secrets', placeInCredentials)
    await bind<EnvironmentRow>(tx, secretBox, 'environments', 'connection_secrets', placeInEnvironment)
    await bind<EnvironmentVariableRow>(tx, secretBox, 'environment_variables', 'ciphertext', placeInVariable)
    await tx.deleteFrom('unbound_secrets').execute()
  })
}

async function bind<Row extends { readonly id: number }>(
  tx: Tx,
  secretBox: SecretBox,
  table: string,
  column: string,
  placeOf: (row: Row) => SecretPlace,
): Promise<void> {
  const [from, sealed] = [sql.table(table), sql.ref(column)]
  const { rows } = await sql<Row & { sealed: string | null }>`
    select *, ${sealed} as sealed from ${from}
    where id in (select id from unbound_secrets where place = ${`${table}.${column}`})
    for update
  `.execute(tx)
  for (const row of rows) {
    const text = row.sealed === null ? undefined : secretBox.decryptUnbound(row.sealed)
    if (text === undefined) continue
    const ciphertext = secretBox.encrypt(text, placeOf(row))
    await sql`update ${from} set ${sealed} = ${ciphertext} where id = ${row.id}`.execute(tx)
  }
}
