import { sql } from 'kysely'
import type { Tx } from '../../db/database.ts'
import type { ConnectionRow, CredentialsRow } from '../../db/schema/connections.ts'
import { activeState } from '../../domain/state.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { effectiveConnection } from './effective-connection.ts'
import { bindSecrets } from './where-secrets-go.ts'

/** Gives a changed connection, or changed credentials, to the environments that use them. */
export async function refreshEnvironments(
  tx: Tx,
  secretBox: SecretBox,
  changed: { readonly connectionId: number } | { readonly credentialsId: number },
): Promise<void> {
  const [column, id] =
    'connectionId' in changed
      ? (['connection_id', changed.connectionId] as const)
      : (['credentials_id', changed.credentialsId] as const)
  const users = await tx
    .selectFrom('environments')
    .select(['id', 'project_id', 'connection_id', 'credentials_id'])
    .where(column, '=', id)
    .where('state', '=', activeState)
    .orderBy('id')
    .forUpdate()
    .execute()
  for (const user of users) {
    const connection = await findConnectionRow(tx, user.connection_id)
    if (connection === undefined) continue
    const credentials = await findCredentialsRow(tx, user.credentials_id)
    const columns = effectiveConnection(connection, credentials, secretBox, user)
    await bindSecrets(tx, secretBox, connection, credentials, columns.connection)
    await tx
      .updateTable('environments')
      .set({ ...columns, connection: JSON.stringify(columns.connection), updated_at: sql<Date>`now()` })
      .where('id', '=', user.id)
      .execute()
  }
}

async function findConnectionRow(tx: Tx, id: number | null): Promise<ConnectionRow | undefined> {
  return await tx.selectFrom('connections').selectAll().where('id', '=', id).executeTakeFirst()
}

async function findCredentialsRow(tx: Tx, id: number | null): Promise<CredentialsRow | undefined> {
  return await tx.selectFrom('credentials').selectAll().where('id', '=', id).executeTakeFirst()
}
