import { emailOf, type findUsers } from '../users/find-users.ts'
import type { components } from '../wire/v2.generated.ts'
import { instant, nullable } from './time/wire-dates.ts'

type User = Awaited<ReturnType<typeof findUsers>>[number]

/** Shows a service token as a user: its name is the first name; what only people have is empty. */
export function presentUser(user: User): components['schemas']['User'] {
  return {
    id: user.id,
    first_name: user.name,
    last_name: '',
    email: emailOf(user),
    apitoken_last_used: nullable(instant, user.last_used_at),
    azure_active_directory_connected: false,
    azure_active_directory_token_retrieval_failure: false,
    azure_active_directory_username: null,
    email_connected: false,
    email_verified: true,
    enterprise_connected: false,
    enterprise_authentication_method: null,
    github_connected: false,
    github_username: null,
    gitlab_connected: false,
    gitlab_username: null,
    is_active: true,
    is_staff: false,
    last_login: nullable(instant, user.last_used_at),
    sso_only_user: false,
    github_token_retrieval_failure: false,
    gitlab_token_retrieval_failure: false,
    created_at: instant(user.created_at),
    permissions: [],
    auth_provider_infos: {},
    licenses: {},
  }
}
