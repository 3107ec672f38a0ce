import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Db, Tx } from '../../db/database.ts'
import type { EnvironmentRow } from '../../db/schema/environments.ts'
import { type EnvironmentSettings, environmentSettingsOf } from '../../domain/environment.ts'
import { NotFoundError } from '../../domain/errors.ts'
import { activeState, deletedState } from '../../domain/state.ts'
import { type ConnectionChoice, chooseConnection } from '../connections/choose-connection.ts'
import { assertAllowed } from '../projects/assert-allowed.ts'
import type { EnvironmentContext } from './create-environment.ts'
import { writeEnvironment } from './write-environment.ts'

interface EnvironmentKey {
  readonly accountId: number
  readonly environmentId: number
}

export interface EnvironmentChange {
  readonly settings: EnvironmentSettings
  readonly connection: ConnectionChoice
}

/** Changes an active environment to what `change` makes of it; nothing is written when that is what it is already. */
export async function updateEnvironment(
  ctx: EnvironmentContext,
  key: EnvironmentKey,
  change: (environment: EnvironmentRow) => EnvironmentChange,
): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const before = await lockEnvironment(tx, key)
    const { settings, connection } = change(before)
    await assertAllowed(ctx.policy, {
      ...(settings.dbt_command !== before.dbt_command && { dbtCommand: settings.dbt_command }),
      ...(settings.run_as !== before.run_as && { runAs: settings.run_as }),
    })
    const connects = await chooseConnection(tx, ctx, before, before, connection)
    if (isDeepStrictEqual({ ...before, ...environmentSettingsOf(settings), ...connects }, { ...before })) return
    const { id, account_id: accountId, project_id: projectId } = before
    await writeEnvironment(tx, { id, accountId, projectId, settings, connects, before })
  })
}

/** Marks an environment as deleted with its jobs; their runs stay readable. */
export async function deleteEnvironment(ctx: { db: Db }, key: EnvironmentKey): Promise<void> {
  await ctx.db.transaction().execute(async (tx) => {
    const { id } = await lockEnvironment(tx, key)
    const gone = { state: deletedState, updated_at: sql<Date>`now()` }
    await tx
      .updateTable('jobs')
      .set({ ...gone, next_run_at: null })
      .where('environment_id', '=', id)
      .where('state', '=', activeState)
      .execute()
    await tx.updateTable('environments').set(gone).where('id', '=', id).execute()
  })
}

async function lockEnvironment(tx: Tx, { accountId, environmentId }: EnvironmentKey): Promise<EnvironmentRow> {
  const environment = await tx
    .selectFrom('environments')
    .selectAll()
    .where('id', '=', environmentId)
    .where('account_id', '=', accountId)
    .where('state', '=', activeState)
    .forUpdate()
    .executeTakeFirst()
  if (environment === undefined) throw new NotFoundError(`There is no environment ${environmentId}.`)
  return environment
}
