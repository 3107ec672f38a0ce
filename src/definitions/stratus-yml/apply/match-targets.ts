import type { EnvironmentRow } from '../../../db/schema/environments.ts'
import type { JobRow } from '../../../db/schema/jobs.ts'
import type { ProjectRow } from '../../../db/schema/projects.ts'
import type { EnvironmentDocument } from '../schema/environment-schema.ts'
import type { JobDocument } from '../schema/job-schema.ts'
import { type DocumentPath, type Problem, problem } from '../schema/problem.ts'
import type { ProjectDocument } from '../schema/project-schema.ts'
import type { StratusDocument } from '../schema/stratus-document.ts'
import { chosenIds } from './chosen-ids.ts'
import type { CurrentState } from './current-state.ts'
import { type Candidates, matchIdentity } from './match-identity.ts'

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
    environments: [...state.environments.values()],
    jobs: [...state.jobs.values()],
  }
  return { targets: document.projects.map((input, index) => matchProject(input, ['projects', index])), problems }

  function matchProject(input: ProjectDocument, path: DocumentPath): ProjectTarget {
    const target = match(input, path, {
      kind: 'project',
      byId: state.projects,
      foreign: state.foreign.projects,
      siblings: rows.projects,
      inputs: document.projects,
      named: named.projects,
    })
    const inputs = input.environments ?? []
    return {
      ...target,
      environments: inputs.map((child, index) =>
        matchEnvironment(child, [...path, 'environments', index], target.row, inputs),
      ),
    }
  }

  function matchEnvironment(
    input: EnvironmentDocument,
    path: DocumentPath,
    project: ProjectRow | undefined,
    inputs: readonly EnvironmentDocument[],
  ): EnvironmentTarget {
    const target = match(input, path, {
      kind: 'environment',
      byId: state.environments,
      foreign: state.foreign.environments,
      siblings: rows.environments.filter((row) => row.project_id === project?.id),
      inputs,
      named: named.environments,
    })
    assertSameProject('environment', target, project)
    const jobs = input.jobs ?? []
    return {
      ...target,
      jobs: jobs.map((job, index) => matchJob(job, [...path, 'jobs', index], project, target.row, jobs)),
    }
  }

  function matchJob(
    input: JobDocument,
    path: DocumentPath,
    project: ProjectRow | undefined,
    environment: EnvironmentRow | undefined,
    inputs: readonly JobDocument[],
  ): JobTarget {
    const target = match(input, path, {
      kind: 'job',
      byId: state.jobs,
      foreign: state.foreign.jobs,
      siblings: rows.jobs.filter((row) => row.environment_id === environment?.id),
      inputs,
      named: named.jobs,
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
