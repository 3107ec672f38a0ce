import { isDeepStrictEqual } from 'node:util'
import type { EnvironmentRow } from '../../../db/schema/environments.ts'
import type { JobRow } from '../../../db/schema/jobs.ts'
import type { ProjectRow } from '../../../db/schema/projects.ts'
import { defaultEnvironmentSettings } from '../../../domain/environment.ts'
import { shownGitUrl } from '../../../domain/git/git-url.ts'
import { defaultJobSettings, type JobCompletionTrigger } from '../../../domain/job.ts'
import { givenTypeOf } from '../../../domain/job-derivations.ts'
import { withoutCredentials } from '../../../domain/secrets/without-credentials.ts'
import { keysOf, pick } from '../../../util/objects/pick.ts'
import { withoutNull } from '../../../util/objects/without-null.ts'
import { wireOfSettings as environmentWire } from '../../environments/environment-wire.ts'
import { wireOfSettings as jobWire } from '../../jobs/job-wire.ts'
import { type NamedThing, type NamedThings, shortestName } from '../../references/named-things.ts'
import type { EnvironmentDocument } from '../schema/environment-schema.ts'
import { type JobDocument, jobSchema } from '../schema/job-schema.ts'
import type { ProjectDocument } from '../schema/project-schema.ts'

/*
 * Rows as the parts of a document that stand for them, without what is in them. Defaults are left out, as people
 * write it: what a document does not say returns to its default.
 */

export function projectPart(project: ProjectRow): ProjectDocument {
  const { id, name, description, path, git_url: url, git_branch: branch, subdirectory } = project
  return {
    id,
    name,
    ...(description !== '' && { description }),
    // Null, in so many words, is a project without code; without it, applying would ask for some.
    ...(url === null ? { path } : { git: { url: shownGitUrl(url), ...(branch !== null && { branch }) } }),
    ...(subdirectory !== null && { subdirectory }),
  }
}

const usualEnvironment = environmentWire({ name: '', ...defaultEnvironmentSettings })

export function environmentPart(environment: EnvironmentRow): EnvironmentDocument {
  const { id, connection } = environment
  const { name, dbt, profile, ...fields } = environmentWire(environment)
  const nested = { dbt: withoutNull(dbt), profile: withoutNull(profile) }
  return {
    id,
    name,
    ...different(fields, usualEnvironment),
    ...filledOf(nested),
    ...(environment.simulation !== null && { simulation: environment.simulation }),
    ...(connection !== null && {
      connection: { ...withoutCredentials(connection.details), name: connection.name, type: connection.type },
    }),
  }
}

const usualJob = jobWire({ name: '', ...defaultJobSettings })

/** Names other jobs and environments, where names mean nothing else. */
export function jobPart(job: JobRow, projectName: string, things: NamedThings): JobDocument {
  const type = givenTypeOf(job)
  const {
    name,
    execute_steps,
    execution,
    settings,
    triggers,
    schedule,
    deferring_job_definition_id: deferringJob,
    deferring_environment_id: deferringEnvironment,
    job_completion_trigger_condition: completion,
    ...fields
  } = jobWire(job)
  const nested = {
    execution: different(execution, usualJob.execution),
    settings: different(settings, usualJob.settings),
    triggers: different(triggers, usualJob.triggers),
  }
  const part: JobDocument = {
    id: job.id,
    name,
    ...different(fields, usualJob),
    ...filledOf(nested),
    // Always there: a job without commands has to say so.
    execute_steps,
    ...(schedule !== null && { schedule: jobSchema.shape.schedule.parse(schedule) }),
    ...(type !== null && { job_type: type }),
    ...reference(deferringJob, things.jobs, 'deferring_job', 'deferring_job_definition_id'),
    ...reference(deferringEnvironment, things.environments, 'deferring_environment', 'deferring_environment_id'),
    ...(completion !== null && {
      job_completion_trigger_condition: jobSchema.shape.job_completion_trigger_condition.parse(named(completion)),
    }),
    ...(job.simulation !== null && { simulation: job.simulation }),
  }
  // In the order in which people find them described.
  return pick(
    part,
    keysOf(jobSchema.shape).filter((key) => key in part),
  )

  function reference<Name extends string, Id extends string>(
    id: number | null,
    among: readonly NamedThing[],
    nameKey: Name,
    idKey: Id,
  ) {
    if (id === null) return {}
    const name = shortestName(id, among, projectName)
    return name === undefined ? { [idKey]: id } : { [nameKey]: name }
  }

  function named({ condition: { job_id, project_id, statuses } }: JobCompletionTrigger) {
    const name = shortestName(job_id, things.jobs, projectName)
    return { condition: name === undefined ? { job_id, project_id, statuses } : { job: name, statuses } }
  }
}

/** Picks from `values` what is not as in `defaults`. */
function different<T extends object>(values: T, defaults: object): Partial<T> {
  const picked: Partial<T> = {}
  for (const key in values) {
    if (!isDeepStrictEqual(values[key], Reflect.get(defaults, key))) picked[key] = values[key]
  }
  return picked
}

/** Those of these mappings that hold something. */
function filledOf<T extends object>(nested: T): Partial<Pick<T, Extract<keyof T, string>>> {
  return pick(
    nested,
    keysOf(nested).filter((key) => Object.keys(nested[key] ?? {}).length > 0),
  )
}
