import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Tx } from '../../db/database.ts'
import type { EnvironmentRow } from '../../db/schema/environments.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { activeState } from '../../domain/state.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { placeInEnvironment } from '../../secrets/secret-place.ts'
import type { ApplyPolicy } from '../projects/machine-policy.ts'
import { changeDetails } from './change-details.ts'
import { inProfile } from './effective-connection.ts'
import type { Details, GivenDetails } from './secrets.ts'

interface Key {
  readonly accountId: number
  readonly id: number
}

interface Shown {
  readonly name: string
  readonly type: string
  readonly details: Details
}

/**
 * An environment's own connection, which API clients see beside the others. One that only its project's profiles.yml
 * describes becomes a connection of its own once it is changed.
 */
export async function changeOwnConnection(
  tx: Tx,
  ctx: { secretBox: SecretBox; policy: ApplyPolicy },
  key: Key,
  change: (connection: Shown) => { name: string; type: string; details: GivenDetails },
): Promise<void> {
  const environment = await lockOwner(tx, key)
  const shown = environment.connection ?? environment.connection_seen
  const before = shown ?? { name: environment.profile_name ?? 'profiles.yml', type: 'unknown', details: {} }
  const changed = change(before)
  const { name, type } = changed
  const kept = environment.connection_secrets
  const stored = { ...before, secrets: kept, place: placeInEnvironment(environment) }
  const { details, secrets } = await changeDetails(ctx, stored, changed, (plain) => inProfile(plain, type))
  const connection = { name, type, details }
  if (isDeepStrictEqual(connection, { ...before }) && secrets === kept) return
  await tx
    .updateTable('environments')
    .set({
      connection: JSON.stringify(connection),
      connection_secrets: secrets,
      profile_name: null,
      updated_at: sql<Date>`now()`,
    })
    .where('id', '=', environment.id)
    .execute()
}

/** The environment goes back to its project's own profiles.yml. */
export async function removeOwnConnection(tx: Tx, key: Key): Promise<void> {
  const environment = await lockOwner(tx, key)
  if (environment.connection === null) return
  await tx
    .updateTable('environments')
    .set({ connection: null, connection_secrets: null, updated_at: sql<Date>`now()` })
    .where('id', '=', environment.id)
    .execute()
}

async function lockOwner(tx: Tx, { accountId, id }: Key): Promise<EnvironmentRow> {
  const environment = await tx
    .selectFrom('environments')
    .selectAll()
    .where('own_connection_id', '=', id)
    .where('account_id', '=', accountId)
    .where('connection_id', 'is', null)
    .where('state', '=', activeState)
    .forUpdate()
    .executeTakeFirst()
  if (environment === undefined) throw new NotFoundError(`There is no connection ${id}.`)
  return environment
}
