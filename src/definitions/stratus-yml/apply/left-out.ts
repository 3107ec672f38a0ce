import type { EnvironmentRow } from '../../../db/schema/environments.ts'
import type { JobRow } from '../../../db/schema/jobs.ts'
import { activeState } from '../../../domain/state.ts'
import type { CurrentState } from './current-state.ts'
import type { ProjectTarget } from './match/match-targets.ts'
import type { LeftOut } from './plan.ts'

/** `--prune` deletes what stands in the projects that the document names and is not in the document. */
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
      (row) => row.state === activeState && projects.has(row.project_id) && !kept.environments.has(row.id),
    ),
    jobs: [...state.jobs.values()].filter(
      (row) => row.state === activeState && projects.has(row.project_id) && !kept.jobs.has(row.id),
    ),
  }
}

/** Lists the same for people, with the projects that the document does not name: those stay, pruned or not. */
export function listLeftOut(targets: readonly ProjectTarget[], state: CurrentState, pruned: boolean): LeftOut[] {
  const named = new Set(targets.map((target) => target.row?.id))
  const projects = [...state.projects.values()].filter((row) => row.state === activeState && !named.has(row.id))
  const { environments, jobs } = pruned ? { environments: [], jobs: [] } : leftOut(targets, state)
  const projectOf = (row: EnvironmentRow | JobRow) => state.projects.get(row.project_id)?.name ?? ''
  const environmentOf = (row: JobRow) => state.environments.get(row.environment_id)?.name ?? ''
  const plain = { within: [], scheduled: false, prunable: false }
  return [
    ...projects.map(({ id, name }) => ({ kind: 'project' as const, id, name, ...plain })),
    ...environments.map((row) => ({
      ...{ kind: 'environment' as const, id: row.id, name: row.name, within: [projectOf(row)] },
      ...{ scheduled: false, prunable: true },
    })),
    ...jobs.map((row) => ({
      ...{ kind: 'job' as const, id: row.id, name: row.name, within: [projectOf(row), environmentOf(row)] },
      ...{ scheduled: row.trigger_schedule, prunable: true },
    })),
  ]
}
