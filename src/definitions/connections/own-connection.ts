import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Tx } from '../../db/database.ts'
import type { EnvironmentRow } from '../../db/schema/environments.ts'
import { NotFoundError } from '../../domain/errors.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { placeInEnvironment } from '../../secrets/secret-place.ts'
import { assertDetails } from '../projects/detail-policy.ts'
import type { ApplyPolicy } from '../projects/machine-policy.ts'
import { inProfile } from './effective-connection.ts'
import { changeSecrets, type Details, type GivenDetails, openSecrets, splitDetails } from './secrets.ts'
import { assertNoMasks, storedWhereShown } from './shown-again.ts'
import { assertGivenAgain } from './where-secrets-go.ts'

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
  { secretBox, policy }: { secretBox: SecretBox; policy: ApplyPolicy },
  key: Key,
  change: (connection: Shown) => { name: string; type: string; details: GivenDetails },
): Promise<void> {
  const environment = await lockOwner(tx, key)
  const shown = environment.connection ?? environment.connection_seen
  const before = shown ?? { name: environment.profile_name ?? 'profiles.yml', type: 'unknown', details: {} }
  const { name, type, details: asGiven } = change(before)
  const kept = type === before.type ? environment.connection_secrets : null
  const stored = openSecrets(kept, secretBox, placeInEnvironment(environment))
  const given = storedWhereShown(asGiven, { details: before.details, secrets: stored })
  await assertDetails(policy, { adapter: type, details: given }, { adapter: before.type, details: before.details })
  assertNoMasks(given, before.details)
  const { details, secrets } = splitDetails(given)
  const connection = { name, type, details: inProfile(details, type) }
  assertGivenAgain(before, connection, { stored, given: secrets })
  const changed = changeSecrets(kept, secrets, secretBox, placeInEnvironment(environment))
  if (isDeepStrictEqual(connection, { ...before }) && changed === undefined) return
  await tx
    .updateTable('environments')
    .set({
      connection: JSON.stringify(connection),
      connection_secrets: changed === undefined ? kept : changed,
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
    .where('state', '=', 1)
    .forUpdate()
    .executeTakeFirst()
  if (environment === undefined) throw new NotFoundError(`There is no connection ${id}.`)
  return environment
}
