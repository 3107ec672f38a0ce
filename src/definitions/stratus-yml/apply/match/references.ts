import type { JobRow } from '../../../../db/schema/jobs.ts'
import { completionLoop } from '../../../../domain/completion-loop.ts'
import { activeState } from '../../../../domain/state.ts'
import { type DocumentPath, type Problem, problem } from '../../schema/problem.ts'
import type { CurrentState } from '../current-state.ts'
import { leftOut } from '../left-out.ts'
import type { ProjectTarget } from './match-targets.ts'

/** The jobs and environments that there will be once the document is applied; of jobs, with the project. */
export interface Future {
  readonly jobs: ReadonlyMap<
    number,
    { readonly projectId: number | undefined; readonly project: ProjectTarget | undefined }
  >
  readonly environments: ReadonlySet<number>
}

export function futureOf(targets: readonly ProjectTarget[], state: CurrentState, prune: boolean): Future {
  const gone = prune ? leftOut(targets, state) : { environments: [], jobs: [] }
  const jobs = new Map<number, { projectId: number | undefined; project: ProjectTarget | undefined }>()
  const environments = new Set<number>()
  for (const row of state.environments.values()) if (row.state === activeState) environments.add(row.id)
  for (const row of state.jobs.values()) {
    if (row.state === activeState) jobs.set(row.id, { projectId: row.project_id, project: undefined })
  }
  for (const row of gone.environments) environments.delete(row.id)
  for (const row of gone.jobs) jobs.delete(row.id)
  for (const project of targets) {
    const projectId = project.row?.id ?? project.input.id ?? undefined
    for (const environment of project.environments) {
      const id = environment.row?.id ?? environment.input.id
      if (id) environments.add(id)
      for (const job of environment.jobs) {
        const jobId = job.row?.id ?? job.input.id
        if (jobId) jobs.set(jobId, { projectId, project })
      }
    }
  }
  return { jobs, environments }
}

/** References to jobs and environments that there will not be. */
export function referenceProblems(targets: readonly ProjectTarget[], state: CurrentState, future: Future): Problem[] {
  const awaitedBy = awaitedJobs(targets, state)
  const settled = new Set<number>()
  return targets.flatMap((project) =>
    project.environments.flatMap((environment) =>
      environment.jobs.flatMap(({ input, path, row }) => {
        const condition = input.job_completion_trigger_condition?.condition
        const at: DocumentPath = [...path, 'job_completion_trigger_condition', 'condition']
        const awaited = condition?.job_id ? future.jobs.get(condition.job_id) : undefined
        const stays = leftAsItIs(row, state)
        const wrongProject = awaited?.projectId && condition?.project_id && condition.project_id !== awaited.projectId
        return [
          ...missing(future.jobs, 'job', stays.awaitedJob(condition?.job_id), [...at, 'job_id']),
          ...missing(future.jobs, 'job', stays.deferringJob(input.deferring_job_definition_id), [
            ...path,
            'deferring_job_definition_id',
          ]),
          ...missing(future.environments, 'environment', stays.deferringEnvironment(input.deferring_environment_id), [
            ...path,
            'deferring_environment_id',
          ]),
          ...loopProblems(awaitedBy, row?.id ?? input.id, [...at, 'job_id'], settled),
          ...(wrongProject
            ? [
                problem(
                  [...at, 'project_id'],
                  `got ${condition.project_id}, expected ${awaited.projectId}, the project of job ${condition.job_id}`,
                ),
              ]
            : []),
        ]
      }),
    ),
  )
}

function loopProblems(
  awaitedBy: ReadonlyMap<number, number | undefined>,
  jobId: Given,
  path: DocumentPath,
  settled: Set<number>,
): Problem[] {
  if (typeof jobId !== 'number') return []
  const loop = completionLoop(jobId, (id) => awaitedBy.get(id), settled)
  if (loop === undefined) return []
  return [problem(path, `got ${awaitedBy.get(jobId)}, expected a job that does not itself wait for this one: ${loop}`)]
}

/** Says which job waits for which, in the document and in what it leaves as it is. */
function awaitedJobs(targets: readonly ProjectTarget[], state: CurrentState): Map<number, number | undefined> {
  const awaited = new Map<number, number | undefined>()
  for (const row of state.jobs.values()) {
    if (row.state === activeState) awaited.set(row.id, row.job_completion_trigger?.condition.job_id)
  }
  const jobs = targets.flatMap(({ environments }) => environments.flatMap((environment) => environment.jobs))
  for (const { input, row } of jobs) {
    const id = row?.id ?? input.id
    if (id) awaited.set(id, input.job_completion_trigger_condition?.condition.job_id ?? undefined)
  }
  return awaited
}

type Given = number | null | undefined

/** A reference that the job has already, to what was deleted before, is no mistake of the document: it is looked past. */
function leftAsItIs(row: JobRow | undefined, { jobs, environments }: CurrentState) {
  const unlessOld = (given: Given, stored: Given, known: ReadonlyMap<number, { readonly state: number }>): Given =>
    typeof given === 'number' && given === stored && known.get(given)?.state !== activeState ? undefined : given
  return {
    awaitedJob: (id: Given) => unlessOld(id, row?.job_completion_trigger?.condition.job_id, jobs),
    deferringJob: (id: Given) => unlessOld(id, row?.deferring_job_definition_id, jobs),
    deferringEnvironment: (id: Given) => unlessOld(id, row?.deferring_environment_id, environments),
  }
}

function missing(
  known: { has(id: number): boolean },
  kind: string,
  id: number | null | undefined,
  path: DocumentPath,
): Problem[] {
  if (typeof id !== 'number' || known.has(id)) return []
  return [
    problem(
      path,
      `got ${id}, expected the id of ${kind === 'job' ? 'a job' : 'an environment'} of this account: there is none with it`,
    ),
  ]
}
