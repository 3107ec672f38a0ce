import { sql } from 'kysely'
import type { Tx } from '../../db/database.ts'
import type { EnvironmentRow } from '../../db/schema/environments.ts'
import { type EnvironmentSettings, environmentSettingsOf } from '../../domain/environment.ts'
import type { Scenario } from '../../domain/scenarios/scenario.ts'
import { activeState } from '../../domain/state.ts'
import type { ConnectionColumns } from '../connections/effective-connection.ts'

export interface WrittenEnvironment {
  readonly id: number
  readonly accountId: number
  readonly projectId: number
  readonly settings: EnvironmentSettings
  /** Each is as it was where it is absent. */
  readonly connects: Partial<ConnectionColumns> | undefined
  /** Absent, it stays as it was. */
  readonly simulation?: Scenario | null
  /** The row that is replaced, which is active from then on; undefined for a new environment. */
  readonly before: EnvironmentRow | undefined
}

/** Stores an environment. Whether it may be so has been asked before. */
export async function writeEnvironment(tx: Tx, environment: WrittenEnvironment): Promise<void> {
  const { id, accountId, projectId, settings, connects, simulation, before } = environment
  const { connection, ...others } = connects ?? {}
  const columns = {
    ...environmentSettingsOf(settings),
    ...others,
    ...(connection !== undefined && { connection: connection && JSON.stringify(connection) }),
    ...(simulation !== undefined && { simulation: simulation && JSON.stringify(simulation) }),
  }
  if (before === undefined) {
    const owner = { account_id: accountId, project_id: projectId }
    await tx
      .insertInto('environments')
      .values({ id, ...owner, ...columns })
      .execute()
    return
  }
  await tx
    .updateTable('environments')
    .set({ ...columns, state: activeState, updated_at: sql<Date>`now()` })
    .where('id', '=', before.id)
    .execute()
}
