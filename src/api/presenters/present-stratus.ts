import type { EnvironmentRecord } from '../../definitions/environments/environment-queries.ts'
import { ownSettings } from '../../definitions/environments/environment-wire.ts'
import type { JobRecord } from '../../definitions/jobs/job-queries.ts'
import type { ProjectRecord } from '../../definitions/projects/project-queries.ts'
import { shownGitUrl } from '../../domain/git/git-url.ts'
import { withoutCredentials } from '../../domain/secrets/without-credentials.ts'
import type { components } from '../wire/v2.generated.ts'

type Schemas = components['schemas']

/*
 * dbt Cloud's objects have no field for some settings of stratus.yml. They stand here by stratus.yml's keys, shown only to
 * clients that include them by name, so that no other ever meets an unknown field.
 */

export function presentStratusOfProject(project: ProjectRecord): Schemas['StratusOfProject'] {
  const { id, path, git_url, git_branch } = project
  return { id, path, git: git_url === null ? null : { url: shownGitUrl(git_url), branch: git_branch } }
}

export function presentStratusOfEnvironment(environment: EnvironmentRecord): Schemas['StratusOfEnvironment'] {
  const { connection, profile_name, target_name } = environment
  const own = ownSettings(environment)
  return {
    id: environment.id,
    ...own,
    profile: profile_name === null && target_name === null ? null : own.profile,
    connection:
      connection === null || environment.connection_id !== null
        ? null
        : { ...withoutCredentials(connection.details), name: connection.name, type: connection.type },
  }
}

export function presentStratusOfJob(job: JobRecord): Schemas['StratusOfJob'] {
  return { id: job.id, engine: job.engine }
}
