import { activeState } from '../../../../domain/state.ts'
import { nearestName } from '../../../../util/text/nearest-name.ts'
import { meantBy, type NamedThing, type NamedThings, namedThingsOf } from '../../../references/named-things.ts'
import type { JobDocument } from '../../schema/job-schema.ts'
import { type DocumentPath, type Problem, problem } from '../../schema/problem.ts'
import type { CurrentState } from '../current-state.ts'
import { leftOut } from '../left-out.ts'
import type { ProjectTarget } from './match-targets.ts'

export function hasNames(targets: readonly ProjectTarget[]): boolean {
  const jobs = targets.flatMap(({ environments }) => environments.flatMap((environment) => environment.jobs))
  return jobs.some(
    ({ input }) =>
      input.job_completion_trigger_condition?.condition.job ?? input.deferring_job ?? input.deferring_environment,
  )
}

/** The things that a name may mean once the document is applied. New ones have their ids already. */
export function futureThings(targets: readonly ProjectTarget[], state: CurrentState, pruning: boolean): NamedThings {
  const active = <Row extends { readonly state: number }>(rows: ReadonlyMap<number, Row>) =>
    [...rows.values()].filter((row) => row.state === activeState)
  const gone = pruning ? leftOut(targets, state) : { environments: [], jobs: [] }
  const goneIds = new Set<object>([...gone.environments, ...gone.jobs])
  const stored = namedThingsOf({
    projects: active(state.projects),
    environments: active(state.environments).filter((row) => !goneIds.has(row)),
    jobs: active(state.jobs).filter((row) => !goneIds.has(row)),
  })
  const jobs = new Map(stored.jobs.map((thing) => [thing.id, thing]))
  const environments = new Map(stored.environments.map((thing) => [thing.id, thing]))
  for (const project of targets) {
    for (const environment of project.environments) {
      const names = [project.input.name, environment.input.name]
      const id = environment.row?.id ?? environment.input.id
      if (id) environments.set(id, { id, names })
      for (const { input, row } of environment.jobs) {
        const jobId = row?.id ?? input.id
        if (jobId) jobs.set(jobId, { id: jobId, names: [...names, input.name] })
      }
    }
  }
  return { jobs: [...jobs.values()], environments: [...environments.values()] }
}

/** The targets with ids in the place of names, and the names that mean nothing, or several. */
export function resolveNames(
  targets: readonly ProjectTarget[],
  things: NamedThings,
): { targets: ProjectTarget[]; problems: Problem[] } {
  const problems: Problem[] = []
  const resolved = targets.map((project) => ({
    ...project,
    environments: project.environments.map((environment) => ({
      ...environment,
      jobs: environment.jobs.map((job) => ({ ...job, input: resolve(job.input, job.path, project.input.name) })),
    })),
  }))
  return { targets: resolved, problems }

  function resolve(input: JobDocument, path: DocumentPath, project: string): JobDocument {
    const { deferring_job: job, deferring_environment: environment, ...given } = input
    const condition = given.job_completion_trigger_condition?.condition
    const at = [...path, 'job_completion_trigger_condition', 'condition', 'job']
    const awaited = find('job', condition?.job, at, project)
    const deferringJob = find('job', job, [...path, 'deferring_job'], project)
    const deferringEnvironment = find('environment', environment, [...path, 'deferring_environment'], project)
    return {
      ...given,
      ...(condition &&
        awaited && { job_completion_trigger_condition: { condition: { ...condition, job: null, job_id: awaited } } }),
      ...(deferringJob && { deferring_job_definition_id: deferringJob }),
      ...(deferringEnvironment && { deferring_environment_id: deferringEnvironment }),
    }
  }

  function find(
    kind: 'job' | 'environment',
    name: string | null | undefined,
    path: DocumentPath,
    project: string,
  ): number | undefined {
    if (typeof name !== 'string') return undefined
    const known = kind === 'job' ? things.jobs : things.environments
    const meant = meantBy(name, known, project)
    const [only] = meant
    if (only !== undefined && meant.length === 1) return only.id
    problems.push(problem(path, only === undefined ? nothing(kind, name, known) : several(kind, name, meant)))
    return undefined
  }
}

function nothing(kind: string, name: string, known: readonly NamedThing[]): string {
  const names = known.map((thing) => thing.names.at(-1) ?? '')
  const nearest = nearestName(name, names)
  const hint = nearest === undefined ? '' : `; did you mean ${JSON.stringify(nearest)}?`
  const noun = kind === 'job' ? 'a job' : 'an environment'
  return `got ${JSON.stringify(name)}, expected the name of ${noun} of this account: there is none with it${hint}`
}

const mostShown = 10

function several(kind: string, name: string, meant: readonly NamedThing[]): string {
  const full = meant.map(({ names }) => names.join('/'))
  // Two of one name in one environment are told apart by their ids alone.
  const shown = meant.slice(0, mostShown).map(({ id }, index) => {
    const own = full[index] ?? ''
    return full.filter((each) => each === own).length === 1 ? JSON.stringify(own) : `${JSON.stringify(own)} (id ${id})`
  })
  const more = meant.length > mostShown ? ` and ${meant.length - mostShown} more` : ''
  return `got ${JSON.stringify(name)}, the name of ${meant.length} ${kind}s, expected one of ${shown.join(', ')}${more}, or an id`
}
