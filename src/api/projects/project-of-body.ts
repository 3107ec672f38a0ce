import { defaultProjectSettings, type ProjectSettings } from '../../definitions/projects/create-project.ts'
import type { ProjectRecord } from '../../definitions/projects/project-queries.ts'
import { settingsOf } from '../../definitions/projects/update-project.ts'
import { InvalidRequestError } from '../../domain/errors.ts'
import { keptGitUrl } from '../../domain/git/git-url.ts'
import { repositoryId } from '../presenters/present-repository.ts'
import type { ProjectBody } from './project-body.ts'

export function newProjectOf(body: ProjectBody, name: string): ProjectSettings {
  assertShown('connection_id', body.connection_id, null, 'connections belong to environments, which come later')
  assertShown('repository_id', body.repository_id, null, 'a repository is made in its project')
  return merge(body, { name, ...defaultProjectSettings })
}

/** Answers the project as a client's body changes it. A value that comes back as it was shown leaves what is stored. */
export function changedProjectOf(body: ProjectBody, project: ProjectRecord): ProjectSettings {
  const { main_connection_id: connectionId } = project
  assertShown('connection_id', body.connection_id, connectionId, 'give connection_id to an environment')
  const before = settingsOf(project)
  if (body.repository_id === null && before.git_url !== null) {
    return merge(body, { ...before, git_url: null, git_branch: null })
  }
  assertShown('repository_id', body.repository_id, repositoryId(project), 'a project has one repository, its own')
  return merge(body, before)
}

function merge(body: ProjectBody, before: ProjectSettings): ProjectSettings {
  const settings = {
    ...before,
    name: body.name ?? before.name,
    description: body.description === undefined ? before.description : (body.description ?? ''),
    subdirectory: body.dbt_project_subdirectory === undefined ? before.subdirectory : body.dbt_project_subdirectory,
  }
  const { path, git } = body.stratus ?? {}
  if (path && git) {
    const message = 'Expected path or git, not both.'
    throw new InvalidRequestError(message, { fields: { 'stratus.git': message } })
  }
  if (path) return { ...settings, path, git_url: null, git_branch: null }
  if (git)
    return { ...settings, path: null, git_url: keptGitUrl(git.url, before.git_url), git_branch: git.branch ?? null }
  return {
    ...settings,
    ...(path === null && { path }),
    ...(git === null && { git_url: null, git_branch: null }),
  }
}

function assertShown(name: string, given: number | null | undefined, shown: number | null, advice: string): void {
  if (given === undefined || given === null || given === shown) return
  const expected = shown === null ? 'null' : `${shown} or null`
  const message = `Expected ${expected}: ${advice}. Got ${given}.`
  throw new InvalidRequestError(message, { fields: { [name]: message } })
}
