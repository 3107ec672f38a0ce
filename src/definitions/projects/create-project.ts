import type { Db } from '../../db/database.ts'
import { assertIdIsFree, reserveIds } from '../../db/reserve-ids.ts'
import type { ProjectRow } from '../../db/schema/projects.ts'
import { assertAllowed } from './assert-allowed.ts'
import type { ApplyPolicy } from './machine-policy.ts'

/** A project's author decides these columns. */
export type ProjectSettings = Pick<
  ProjectRow,
  'name' | 'description' | 'path' | 'git_url' | 'git_branch' | 'subdirectory'
>

export const defaultProjectSettings: Omit<ProjectSettings, 'name'> = {
  description: '',
  path: null,
  git_url: null,
  git_branch: null,
  subdirectory: null,
}

export async function createProject(
  ctx: { db: Db; policy: ApplyPolicy },
  { accountId, id, settings }: { accountId: number; id?: number | undefined; settings: ProjectSettings },
): Promise<ProjectRow> {
  await assertAllowed(ctx.policy, { path: settings.path, gitUrl: settings.git_url })
  if (id !== undefined) {
    await assertIdIsFree(ctx.db, 'projects', id)
    await reserveIds(ctx.db, 'projects', [id])
  }
  return await ctx.db
    .insertInto('projects')
    .values({ ...(id !== undefined && { id }), account_id: accountId, ...settings })
    .returningAll()
    .executeTakeFirstOrThrow()
}
