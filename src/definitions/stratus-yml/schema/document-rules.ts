import { anywhere } from '../../../domain/dbt-command/command-place.ts'
import { commandProblem } from '../../../domain/dbt-command/command-problem.ts'
import { scheduleProblem } from '../../../domain/schedules/schedule-problem.ts'

import { isSecretDetail } from '../../../domain/secrets/secret-names.ts'
import { field, isMapping } from '../../../util/objects/mapping.ts'
import { jobScheduleOf } from '../../jobs/job-schedule.ts'
import { scheduleSchema } from './job-schema.ts'
import { type DocumentPath, type Problem, pathText, problem } from './problem.ts'
import { isGiven, items } from './values.ts'

/*
 * Rules across keys. They look at data of any shape, so that one mistake elsewhere does not hide these: what the
 * schema reports is passed over here.
 */

export function documentProblems(data: unknown): Problem[] {
  const projects = entries(data, [], 'projects')
  const environments = projects.flatMap((project) => entries(project.value, project.path, 'environments'))
  const jobs = environments.flatMap((environment) => entries(environment.value, environment.path, 'jobs'))
  return [
    ...[projects, environments, jobs].flatMap((group) => duplicates(group, 'id', 'ids are unique in an account')),
    ...duplicates(projects, 'name', 'names of projects are unique in an account'),
    ...projects.flatMap((project) =>
      duplicates(entries(project.value, project.path, 'environments'), 'name', 'names are unique in a project'),
    ),
    ...environments.flatMap((environment) =>
      duplicates(entries(environment.value, environment.path, 'jobs'), 'name', 'names are unique in an environment'),
    ),
    ...projects.flatMap(projectProblems),
    ...[projects, environments, jobs].flatMap((group) => group.flatMap(lostKeyProblems)),
    ...environments.flatMap(environmentProblems),
    ...environments.flatMap((environment) =>
      entries(environment.value, environment.path, 'jobs').flatMap((job) => jobProblems(job, environment)),
    ),
  ]
}

interface Entry {
  readonly path: DocumentPath
  readonly value: Record<string, unknown>
}

function entries(parent: unknown, path: DocumentPath, key: string): Entry[] {
  return items(field(parent, key)).flatMap((value, index) =>
    isMapping(value) ? [{ path: [...path, key, index], value }] : [],
  )
}

function duplicates(group: readonly Entry[], key: 'id' | 'name', rule: string): Problem[] {
  const first = new Map<unknown, Entry>()
  return group.flatMap(({ path, value }) => {
    const own = value[key]
    if (typeof own !== 'string' && typeof own !== 'number') return []
    const earlier = first.get(own)
    // Two with one name are told apart by their ids, as API clients make them.
    if (earlier && !(key === 'name' && isGiven(value.id) && isGiven(earlier.value.id))) {
      return [
        problem([...path, key], `got ${JSON.stringify(own)}, which ${pathText(earlier.path)} has already; ${rule}`),
      ]
    }
    first.set(own, { path, value })
    return []
  })
}

function projectProblems({ path, value }: Entry): Problem[] {
  if (isGiven(value.path) && isGiven(value.git)) {
    return [problem([...path, 'git'], 'got git beside path, expected one of them', 'key')]
  }
  // Null, in so many words: a project that has no code yet.
  if (isGiven(value.path) || isGiven(value.git) || value.path === null || value.git === null) return []
  const needsCode = entries(value, path, 'environments').some((environment) => isDbt(environment.value.engine))
  return needsCode ? [problem([...path, 'path'], 'missing, expected path or git: where the dbt project is')] : []
}

/** Keys that would be lost: where a file is read the first stands for a value, and JavaScript has its own use for the second. */
const lostKeys = ['from_env', '__proto__']

function lostKeyProblems({ path, value }: Entry): Problem[] {
  return ['environment_variables', 'connection', 'credentials'].flatMap((part) =>
    lostKeys
      .filter((key) => field(value[part], key) !== undefined)
      .map((key) => problem([...path, part, key], `got the name ${JSON.stringify(key)}, expected another`, 'key')),
  )
}

function environmentProblems({ path, value }: Entry): Problem[] {
  const problems: Problem[] = []
  const { connection, credentials, profile } = value
  // A target alone names the one that is generated for the connection.
  if (
    isGiven(connection) &&
    isGiven(profile) &&
    (isGiven(field(profile, 'name')) || !isGiven(field(profile, 'target')))
  ) {
    problems.push(problem([...path, 'connection'], 'got connection beside profile, expected one of them', 'key'))
  }
  if (isGiven(credentials) && !isGiven(connection)) {
    problems.push(problem([...path, 'credentials'], 'got credentials alone, expected a connection beside them', 'key'))
  }
  for (const [key, details] of Object.entries({ connection, credentials })) {
    for (const [detail, value] of isMapping(details) ? Object.entries(details) : []) {
      if (Array.isArray(value) && isSecretDetail(detail)) {
        problems.push(problem([...path, key, detail], 'got a list, expected text: it is a secret'))
      }
      if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(detail)) continue
      problems.push(
        problem(
          [...path, key, detail],
          `got the name ${JSON.stringify(detail)}, expected a key of a dbt profile`,
          'key',
        ),
      )
    }
  }
  return problems
}

function jobProblems({ path, value }: Entry, environment: Entry): Problem[] {
  const problems: Problem[] = []
  // An empty list, in so many words, is a job whose runs bring their own commands.
  if (isDbt(value.engine ?? environment.value.engine) && !isGiven(value.execute_steps)) {
    problems.push(
      problem([...path, 'execute_steps'], 'missing, expected the dbt commands of the job, such as [dbt build]'),
    )
  }
  const awaited = field(field(value.job_completion_trigger_condition, 'condition'), 'job_id')
  if (typeof awaited === 'number' && awaited === value.id) {
    const at = [...path, 'job_completion_trigger_condition', 'condition', 'job_id']
    problems.push(problem(at, `got ${awaited}, the job itself, expected another job`))
  }
  // There may be more of these than a function takes arguments.
  return [
    ...problems,
    ...commandProblems(path, value.execute_steps),
    ...scheduleProblems(path, value),
    ...referenceProblems(path, value),
  ]
}

/** A job or an environment is named or numbered, and an awaited job is one of both. */
function referenceProblems(path: DocumentPath, value: Record<string, unknown>): Problem[] {
  const condition = field(value.job_completion_trigger_condition, 'condition')
  const at = [...path, 'job_completion_trigger_condition', 'condition']
  const twice = (where: DocumentPath, owner: unknown, name: string, id: string) =>
    isGiven(field(owner, name)) && isGiven(field(owner, id))
      ? [problem([...where, name], `got ${name} beside ${id}, expected one of them`, 'key')]
      : []
  const isMissing = isMapping(condition) && !isGiven(condition.job) && !isGiven(condition.job_id)
  return [
    ...(isMissing ? [problem(at, 'got no job, expected job, the name of the awaited one, or job_id')] : []),
    ...twice(at, condition, 'job', 'job_id'),
    ...twice(path, value, 'deferring_job', 'deferring_job_definition_id'),
    ...twice(path, value, 'deferring_environment', 'deferring_environment_id'),
  ]
}

function scheduleProblems(path: DocumentPath, value: Record<string, unknown>): Problem[] {
  const wanted = field(value.triggers, 'schedule') === true
  const schedule = value.schedule
  if (!isGiven(schedule)) {
    const message = 'missing, expected a schedule such as {cron: "0 6 * * *"}, because triggers.schedule is true'
    return wanted ? [problem([...path, 'schedule'], message)] : []
  }
  const parsed = scheduleSchema.safeParse(schedule)
  const found = wanted && parsed.data ? scheduleProblem(jobScheduleOf(parsed.data)) : undefined
  if (found === undefined) return []
  const at = [...path, 'schedule', ...found.path]
  return [problem(at, `got ${found.got}, expected ${found.expected}`)]
}

/** `found` may be any data: what is no list of texts is the schema's to say. What depends on the server is for it to say. */
function commandProblems(path: DocumentPath, found: unknown): Problem[] {
  return items(found).flatMap((command, index) => {
    const wrong = typeof command === 'string' && command.trim() !== '' ? commandProblem(command, anywhere) : undefined
    return wrong === undefined ? [] : [problem([...path, 'execute_steps', index], wrong)]
  })
}

/** The default engine is dbt. */
function isDbt(engine: unknown): boolean {
  return engine === undefined || engine === null || engine === 'dbt'
}
