import type { EnvironmentRow } from '../../../../db/schema/environments.ts'
import type { JobRow } from '../../../../db/schema/jobs.ts'
import type { ProjectRow } from '../../../../db/schema/projects.ts'
import { groupBy } from '../../../../util/objects/group-by.ts'
import type { EnvironmentDocument } from '../../schema/environment-schema.ts'
import type { JobDocument } from '../../schema/job-schema.ts'
import { type DocumentPath, type Problem, problem } from '../../schema/problem.ts'
import type { ProjectDocument } from '../../schema/project-schema.ts'
import type { StratusDocument } from '../../schema/stratus-document.ts'
import type { CurrentState } from '../current-state.ts'
import { chosenIds } from './chosen-ids.ts'
import { type Candidates, matchIdentity, type Siblings, siblingsOf } from './match-identity.ts'

/** A part of the document with the row that it means; no row: it is new. */
interface Target<Input, Row> {
  readonly input: Input
  readonly path: DocumentPath
  readonly row: Row | undefined
  readonly note: string | undefined
}

export interface ProjectTarget extends Target<ProjectDocument, ProjectRow> {
  readonly environments: readonly EnvironmentTarget[]
}

export interface EnvironmentTarget extends Target<EnvironmentDocument, EnvironmentRow> {
  readonly jobs: readonly JobTarget[]
}

export type JobTarget = Target<JobDocument, JobRow>

/** Finds the row of every part of the document. Nothing is written. */
export function matchTargets(
  document: StratusDocument,
  state: CurrentState,
): { targets: ProjectTarget[]; problems: Problem[] } {
  const problems: Problem[] = []
  const chosen = chosenIds(document)
  const named = {
    projects: new Set(chosen.projects),
    environments: new Set(chosen.environments),
    jobs: new Set(chosen.jobs),
  }
  const rows = {
    projects: [...state.projects.values()],
    environments: groupBy([...state.environments.values()], (row) => row.project_id),
    jobs: groupBy([...state.jobs.values()], (row) => row.environment_id),
  }
  const siblings = siblingsOf(rows.projects, document.projects, named.projects)
  return { targets: document.projects.map((input, index) => matchProject(input, ['projects', index])), problems }

  function matchProject(input: ProjectDocument, path: DocumentPath): ProjectTarget {
    const target = match(input, path, {
      kind: 'project',
      byId: state.projects,
      foreign: state.foreign.projects,
      siblings,
    })
    const inputs = input.environments ?? []
    const owned = (target.row && rows.environments.get(target.row.id)) ?? []
    const inside = siblingsOf(owned, inputs, named.environments)
    return {
      ...target,
      environments: inputs.map((child, index) =>
        matchEnvironment(child, [...path, 'environments', index], target.row, inside),
      ),
    }
  }

  function matchEnvironment(
    input: EnvironmentDocument,
    path: DocumentPath,
    project: ProjectRow | undefined,
    siblings: Siblings<EnvironmentRow>,
  ): EnvironmentTarget {
    const target = match(input, path, {
      kind: 'environment',
      byId: state.environments,
      foreign: state.foreign.environments,
      siblings,
    })
    assertSameProject('environment', target, project)
    const jobs = input.jobs ?? []
    const owned = (target.row && rows.jobs.get(target.row.id)) ?? []
    const inside = siblingsOf(owned, jobs, named.jobs)
    return {
      ...target,
      jobs: jobs.map((job, index) => matchJob(job, [...path, 'jobs', index], project, inside)),
    }
  }

  function matchJob(
    input: JobDocument,
    path: DocumentPath,
    project: ProjectRow | undefined,
    siblings: Siblings<JobRow>,
  ): JobTarget {
    const target = match(input, path, {
      kind: 'job',
      byId: state.jobs,
      foreign: state.foreign.jobs,
      siblings,
    })
    assertSameProject('job', target, project)
    return target
  }

  function match<
    Input extends { id?: number | null | undefined; name: string },
    Row extends { id: number; name: string; state: number },
  >(input: Input, path: DocumentPath, candidates: Candidates<Row>): Target<Input, Row> {
    const result = matchIdentity(input, candidates)
    if (result.found === 'problem') problems.push(problem([...path, result.at], result.message))
    return {
      input,
      path,
      row: result.found === 'existing' ? result.row : undefined,
      note: result.found === 'new' ? result.note : undefined,
    }
  }

  /** Runs belong to a project for good, and so does what they came from. A job may change its environment. */
  function assertSameProject(
    kind: string,
    target: Target<unknown, EnvironmentRow | JobRow>,
    project: ProjectRow | undefined,
  ): void {
    if (target.row === undefined || target.row.project_id === project?.id) return
    const owner = state.projects.get(target.row.project_id)
    const place = `the project ${JSON.stringify(owner?.name)} (${target.row.project_id})`
    problems.push(
      problem(
        [...target.path, 'id'],
        `got ${target.row.id}, which is in ${place}; expected another id: no ${kind} moves between projects`,
      ),
    )
  }
}
