import { sql } from 'kysely'
import { deletedState } from '../../../domain/state.ts'
import type { ApplyRun } from './apply-run.ts'
import { leftOut } from './left-out.ts'
import type { ProjectTarget } from './match/match-targets.ts'
import type { PlanEntry, PlanKind } from './plan.ts'

/** Marks as deleted what the named projects have beyond the document. Runs stay, and so do the rows. */
export async function prune(run: ApplyRun, targets: readonly ProjectTarget[]): Promise<void> {
  const { environments, jobs } = leftOut(targets, run.state)
  const projectNames = new Map(targets.map((target) => [target.row?.id, target.input.name]))
  const projectName = (row: { project_id: number }) => projectNames.get(row.project_id) ?? ''
  for (const row of jobs) {
    const environment = run.state.environments.get(row.environment_id)?.name ?? ''
    run.entries.push(deletion('job', row, [projectName(row), environment]))
  }
  for (const row of environments) run.entries.push(deletion('environment', row, [projectName(row)]))
  if (run.dryRun) return
  const gone = { state: deletedState, updated_at: sql<Date>`now()` }
  const ids = (rows: readonly { id: number }[]) => rows.map(({ id }) => id)
  if (jobs.length > 0) {
    await run.tx
      .updateTable('jobs')
      .set({ ...gone, next_run_at: null })
      .where('id', 'in', ids(jobs))
      .execute()
  }
  if (environments.length > 0) {
    await run.tx.updateTable('environments').set(gone).where('id', 'in', ids(environments)).execute()
  }
}

function deletion(kind: PlanKind, row: { id: number; name: string }, within: readonly string[]): PlanEntry {
  return { action: 'delete', kind, id: row.id, name: row.name, within, changes: [] }
}
