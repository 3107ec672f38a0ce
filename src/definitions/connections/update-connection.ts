import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { activeState, deletedState } from '../../domain/state.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { placeInConnection } from '../../secrets/secret-place.ts'
import type { ApplyPolicy } from '../projects/machine-policy.ts'
import { changeDetails } from './change-details.ts'
import { changeOwnConnection, removeOwnConnection } from './own-connection.ts'
import { refreshEnvironments } from './refresh-environments.ts'
import type { Details, GivenDetails } from './secrets.ts'

export interface ConnectionKey {
  readonly accountId: number
  readonly id: number
}

export interface ConnectionChange {
  readonly name: string
  readonly type: string
  /** Replaces all of them but secrets, which stay unless they are given. */
  readonly details: GivenDetails
}

interface Shown {
  readonly name: string
  readonly type: string
  readonly details: Details
}

/** Changes a connection, and the environments that use it, to what `change` makes of it. */
export async function updateConnection(
  ctx: { db: Db; secretBox: SecretBox; policy: ApplyPolicy },
  key: ConnectionKey,
  change: (connection: Shown) => ConnectionChange,
): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const before = await findRow(tx, key)
    if (before === undefined) return await changeOwnConnection(tx, ctx, key, change)
    const changed = change(before)
    const { name, type } = changed
    const { details, secrets } = await changeDetails(ctx, { ...before, place: placeInConnection(before) }, changed)
    const same = name === before.name && type === before.type && isDeepStrictEqual(details, before.details)
    if (same && secrets === before.secrets) return
    await tx
      .updateTable('connections')
      .set({ name, type, details: JSON.stringify(details), secrets, updated_at: sql<Date>`now()` })
      .where('id', '=', key.id)
      .execute()
    await refreshEnvironments(tx, ctx.secretBox, { connectionId: key.id })
  })
}

/** Marks a connection as deleted. Throws InvalidRequestError while environments use it. */
export async function deleteConnection(ctx: { db: Db; secretBox: SecretBox }, key: ConnectionKey): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const connection = await findRow(tx, key)
    if (connection === undefined) return await removeOwnConnection(tx, key)
    await assertUnused(tx, 'connection_id', key.id)
    await tx
      .updateTable('connections')
      .set({ state: deletedState, updated_at: sql<Date>`now()` })
      .where('id', '=', key.id)
      .execute()
  })
}

export async function assertUnused(tx: Tx, column: 'connection_id' | 'credentials_id', id: number): Promise<void> {
  const users = await tx
    .selectFrom('environments')
    .select(['id', 'name'])
    .where(column, '=', id)
    .where('state', '=', activeState)
    .orderBy('id')
    .execute()
  if (users.length === 0) return
  const names = users.map(({ name, id: userId }) => `${JSON.stringify(name)} (${userId})`).join(', ')
  throw new InvalidRequestError(`In use by ${users.length === 1 ? 'the environment' : 'the environments'} ${names}.`, {
    fields: { [column]: `Expected one that no environment uses. It is used by ${names}.` },
  })
}

async function findRow(tx: Tx, { accountId, id }: ConnectionKey) {
  return await tx
    .selectFrom('connections')
    .selectAll()
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .where('state', '=', activeState)
    .forUpdate()
    .executeTakeFirst()
}
