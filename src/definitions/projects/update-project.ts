import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { ProjectRow } from '../../db/schema/projects.ts'
import { activeState, deletedState } from '../../domain/state.ts'
import { assertAllowed } from './assert-allowed.ts'
import type { ProjectSettings } from './create-project.ts'
import type { ApplyPolicy } from './machine-policy.ts'
import { getLockedProject } from './project-queries.ts'

interface ProjectKey {
  readonly accountId: number
  readonly projectId: number
}

/** Changes an active project to what `change` makes of it; nothing is written when that is what it is already. */
export async function updateProject(
  ctx: { db: Db; policy: ApplyPolicy },
  key: ProjectKey,
  change: (project: ProjectRow) => ProjectSettings,
): Promise<ProjectRow> {
  return await ctx.db.transaction().execute(async (tx) => {
    const before = await getLockedProject(tx, key.accountId, key.projectId, 'update')
    const settings = change(before)
    if (isDeepStrictEqual(settings, settingsOf(before))) return before
    await assertAllowed(ctx.policy, {
      path: settings.path === before.path ? null : settings.path,
      gitUrl: settings.git_url === before.git_url ? null : settings.git_url,
    })
    return await tx
      .updateTable('projects')
      .set({ ...settings, updated_at: sql<Date>`now()` })
      .where('id', '=', before.id)
      .returningAll()
      .executeTakeFirstOrThrow()
  })
}

/** Marks a project as deleted with all that is in it; its runs stay readable. */
export async function deleteProject(ctx: { db: Db }, key: ProjectKey): Promise<ProjectRow> {
  return await ctx.db.transaction().execute(async (tx) => {
    const { id } = await getLockedProject(tx, key.accountId, key.projectId, 'update')
    const gone = { state: deletedState, updated_at: sql<Date>`now()` }
    await tx
      .updateTable('jobs')
      .set({ ...gone, next_run_at: null })
      .where('project_id', '=', id)
      .where('state', '=', activeState)
      .execute()
    for (const table of ['environments', 'connections', 'credentials'] as const) {
      await tx.updateTable(table).set(gone).where('project_id', '=', id).where('state', '=', activeState).execute()
    }
    return await tx.updateTable('projects').set(gone).where('id', '=', id).returningAll().executeTakeFirstOrThrow()
  })
}

export function settingsOf(project: ProjectRow): ProjectSettings {
  const { name, description, path, git_url, git_branch, subdirectory } = project
  return { name, description, path, git_url, git_branch, subdirectory }
}
