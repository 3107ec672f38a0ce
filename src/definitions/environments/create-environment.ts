import type { Db } from '../../db/database.ts'
import { assertIdIsFree, nextId, reserveIds } from '../../db/reserve-ids.ts'
import type { EnvironmentSettings } from '../../domain/environment.ts'
import type { SecretBox } from '../../secrets/secret-box.ts'
import { type ConnectionChoice, chooseConnection } from '../connections/choose-connection.ts'
import { assertAllowed } from '../projects/assert-allowed.ts'
import type { ApplyPolicy } from '../projects/machine-policy.ts'
import { getLockedProject } from '../projects/project-queries.ts'
import { writeEnvironment } from './write-environment.ts'

export interface EnvironmentContext {
  readonly db: Db
  readonly secretBox: SecretBox
  readonly policy: ApplyPolicy
}

interface NewEnvironment {
  readonly accountId: number
  readonly projectId: number
  /** Without a chosen id it gets the next one. */
  readonly id?: number | undefined
  readonly settings: EnvironmentSettings
  readonly connection: ConnectionChoice
}

/** Makes an environment; answers its id. Throws NotFoundError for an unknown or deleted project. */
export async function createEnvironment(
  ctx: EnvironmentContext,
  { accountId, projectId, id: chosenId, settings, connection }: NewEnvironment,
): Promise<number> {
  await assertAllowed(ctx.policy, { dbtCommand: settings.dbt_command, runAs: settings.run_as })
  if (chosenId !== undefined) {
    await assertIdIsFree(ctx.db, 'environments', chosenId)
    await reserveIds(ctx.db, 'environments', [chosenId])
  }
  return await ctx.db.transaction().execute(async (tx) => {
    await getLockedProject(tx, accountId, projectId, 'share')
    const id = chosenId ?? (await nextId(tx, 'environments'))
    const connects = await chooseConnection(tx, ctx, { id, project_id: projectId }, undefined, connection)
    await writeEnvironment(tx, { id, accountId, projectId, settings, connects, before: undefined })
    return id
  })
}
