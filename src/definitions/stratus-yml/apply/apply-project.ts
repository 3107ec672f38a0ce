import { sql } from 'kysely'
import { activeState } from '../../../domain/state.ts'
import type { ProjectDocument } from '../schema/project-schema.ts'
import { type ApplyRun, addEntry, revival } from './apply-run.ts'
import type { ProjectTarget } from './match/match-targets.ts'
import { changesBetween } from './plan.ts'
import { variableChanges, variablesOf, writeVariables } from './variables.ts'

function projectValues(input: Partial<ProjectDocument> & { name: string }) {
  return {
    name: input.name,
    description: input.description ?? '',
    path: input.path ?? null,
    git_url: input.git?.url ?? null,
    git_branch: input.git?.branch ?? null,
    subdirectory: input.subdirectory ?? null,
  }
}

const labels = { git_url: 'git.url', git_branch: 'git.branch' }

/** Answers the project's id; undefined for what a dry run would create. */
export async function applyProject(run: ApplyRun, { input, row, note }: ProjectTarget): Promise<number | undefined> {
  const values = projectValues(input)
  const settings = changesBetween(row ?? projectValues({ name: input.name }), values, labels)
  const variables = variableChanges(
    run,
    row ? variablesOf(run, { projectId: row.id }) : [],
    input.environment_variables,
  )
  const rowChanges = [...revival(row), ...settings]
  const changes = [...rowChanges, ...variables.map((variable) => variable.shown)]
  const id = run.dryRun ? (row?.id ?? input.id ?? undefined) : await write()
  addEntry(run, { kind: 'project', id, name: input.name, isNew: !row, changes, note })
  if (!run.dryRun) await writeVariables(run, { projectId: id }, variables)
  return id

  async function write(): Promise<number> {
    if (row) {
      if (rowChanges.length === 0) return row.id
      const update = { ...values, state: activeState, updated_at: sql<Date>`now()` }
      await run.tx.updateTable('projects').set(update).where('id', '=', row.id).execute()
      return row.id
    }
    const chosen = typeof input.id === 'number' ? { id: input.id } : {}
    const inserted = await run.tx
      .insertInto('projects')
      .values({ ...chosen, account_id: run.accountId, ...values })
      .returning('id')
      .executeTakeFirstOrThrow()
    return inserted.id
  }
}
