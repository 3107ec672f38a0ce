import type { EnvironmentRow, JobRow } from '../../db/schema.ts'
import type { CurrentState } from './current-state.ts'
import type { ProjectTarget } from './match-targets.ts'

/** What stands in the projects that the document names and is not in the document: what `--prune` deletes. */
export function leftOut(
  targets: readonly ProjectTarget[],
  state: CurrentState,
): { environments: EnvironmentRow[]; jobs: JobRow[] } {
  const projects = new Set(targets.map((target) => target.row?.id))
  const environments = targets.flatMap((target) => target.environments)
  const kept = {
    environments: new Set(environments.map((target) => target.row?.id)),
    jobs: new Set(environments.flatMap((target) => target.jobs).map((target) => target.row?.id)),
  }
  return {
    environments: [...state.environments.values()].filter(
      (row) => row.state === 1 && projects.has(row.project_id) && !kept.environments.has(row.id),
    ),
    jobs: [...state.jobs.values()].filter(
      (row) => row.state === 1 && projects.has(row.project_id) && !kept.jobs.has(row.id),
    ),
  }
}
