import type { ProjectRecord } from '../../definitions/projects/project-queries.ts'
import { parseGitUrl, shownGitUrl } from '../../domain/git/git-url.ts'
import type { components } from '../wire/v2.generated.ts'
import { instant, spacedInstant } from './time/wire-dates.ts'

type Schemas = components['schemas']

/** Runs and projects have dates with a space. A project that is a folder has no repository. */
export function presentSpacedRepository(project: ProjectRecord): Schemas['SpacedRepository'] | null {
  return project.git_url === null ? null : { ...fields(project, project.git_url), ...dates(project, spacedInstant) }
}

/** Environments have dates with a `T`. */
export function presentRepository(project: ProjectRecord): Schemas['Repository'] | null {
  return project.git_url === null ? null : { ...fields(project, project.git_url), ...dates(project, instant) }
}

/** A project has one repository at most, so that it has the project's id. */
export function repositoryId(project: ProjectRecord): number | null {
  return project.git_url === null ? null : project.id
}

function fields(project: ProjectRecord, url: string) {
  const fullName = parseGitUrl(url)?.fullName ?? ''
  return {
    id: project.id,
    account_id: project.account_id,
    project_id: project.id,
    name: fullName.split('/').at(-1) ?? fullName,
    full_name: fullName,
    remote_url: shownGitUrl(url),
    remote_backend: 'manual_config',
    git_clone_strategy: 'deploy_key',
    deploy_key_id: null,
    repository_credentials_id: null,
    github_installation_id: null,
    github_webhook_id: null,
    pull_request_url_template: '',
    state: project.state,
    git_provider_id: null,
    private_link_endpoint_id: null,
    deploy_key: null,
    github_repo: null,
    gitlab: null,
    git_provider: null,
  }
}

function dates(project: ProjectRecord, format: (date: Date) => string) {
  return { created_at: format(project.created_at), updated_at: format(project.updated_at) }
}
