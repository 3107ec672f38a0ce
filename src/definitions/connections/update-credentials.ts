import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import type { CredentialsRow } from '../../db/schema/connections.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { activeState, deletedState } from '../../domain/state.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { placeInCredentials } from '../../secrets/secret-place.ts'
import type { ApplyPolicy } from '../projects/machine-policy.ts'
import { changeDetails } from './change-details.ts'
import type { NewCredentials } from './create-connection.ts'
import { refreshEnvironments } from './refresh-environments.ts'
import { openSecrets } from './secrets.ts'
import { assertUnused } from './update-connection.ts'

interface CredentialsKey {
  readonly accountId: number
  readonly projectId: number
  readonly id: number
}

export type CredentialsChange = Pick<NewCredentials, 'type' | 'threads' | 'targetName' | 'details'>

/** Changes credentials, and the environments that use them, to what `change` makes of them. */
export async function updateCredentials(
  ctx: { db: Db; secretBox: SecretBox; policy: ApplyPolicy },
  key: CredentialsKey,
  change: (credentials: CredentialsRow) => CredentialsChange,
): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const before = await lockCredentials(tx, key)
    const { type, threads, targetName: target_name, details: asGiven } = change(before)
    const place = placeInCredentials(before)
    const stored = { details: before.details, secrets: before.secrets, place }
    const { details, secrets, given } = await changeDetails(ctx, stored, { details: asGiven })
    // Whoever gives all of them again decides anew where they go.
    const left = Object.keys(openSecrets(secrets, ctx.secretBox, place)).filter((name) => !given[name])
    const secrets_target = left.length === 0 ? null : before.secrets_target
    const next = { type, threads, target_name, details, secrets, secrets_target }
    if (isDeepStrictEqual({ ...before, ...next }, { ...before })) return
    await tx
      .updateTable('credentials')
      .set({
        ...next,
        details: JSON.stringify(details),
        secrets_target: secrets_target && JSON.stringify(secrets_target),
        updated_at: sql<Date>`now()`,
      })
      .where('id', '=', key.id)
      .execute()
    await refreshEnvironments(tx, ctx.secretBox, { credentialsId: key.id })
  })
}

/** Marks credentials as deleted. Throws InvalidRequestError while environments use them. */
export async function deleteCredentials(ctx: { db: Db }, key: CredentialsKey): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    await lockCredentials(tx, key)
    await assertUnused(tx, 'credentials_id', key.id)
    await tx
      .updateTable('credentials')
      .set({ state: deletedState, updated_at: sql<Date>`now()` })
      .where('id', '=', key.id)
      .execute()
  })
}

async function lockCredentials(tx: Tx, { accountId, projectId, id }: CredentialsKey): Promise<CredentialsRow> {
  const credentials = await tx
    .selectFrom('credentials')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .where('project_id', '=', projectId)
    .where('state', '=', activeState)
    .forUpdate()
    .executeTakeFirst()
  if (credentials === undefined) throw new NotFoundError(`Project ${projectId} has no credentials ${id}.`)
  return credentials
}
