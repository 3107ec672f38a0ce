import { activeState, deletedState } from '../../domain/state.ts'
import type { listTokens } from '../../tokens/list-tokens.ts'
import type { components } from '../wire/v3.generated.ts'
import { nullable, spacedInstant } from './time/wire-dates.ts'

type Schemas = components['schemas']
type Token = Awaited<ReturnType<typeof listTokens>>[number]

/** `text` is the token itself: it is there in the answer that made it, and nowhere else. */
export function presentServiceToken(token: Token, text: string | null = null): Schemas['ServiceToken'] {
  const sets = token.grants.map((grant) => grant.permission_set)
  const only = (set: string) => sets.length > 0 && sets.every((each) => each === set)
  return {
    id: token.id,
    account_id: token.account_id,
    uid: `stt_${token.id}`,
    name: token.name,
    state: token.revoked_at === null ? activeState : deletedState,
    token_string: text,
    permission_grants: token.grants.flatMap(({ permission_set, project_ids }) =>
      (project_ids ?? [null]).map((project_id) => ({
        permission_set,
        project_id,
        writable_environment_categories: [],
      })),
    ),
    service_token_permissions: presentTokenPermissions(token),
    metadata_only: only('metadata_only'),
    webhooks_only: only('webhooks_only'),
    semantic_layer_credentials: [],
    last_used: nullable(spacedInstant, token.last_used_at),
    expires_at: nullable(spacedInstant, token.expires_at),
    created_at: spacedInstant(token.created_at),
    updated_at: spacedInstant(token.updated_at),
  }
}

/** Shows a token's grants as objects of their own; their ids count within the token. */
export function presentTokenPermissions(token: Token): Schemas['ServiceTokenPermission'][] {
  const flat = token.grants.flatMap(({ permission_set, project_ids }) =>
    (project_ids ?? [null]).map((project_id) => ({ permission_set, project_id })),
  )
  return flat.map(({ permission_set, project_id }, position) => ({
    id: position + 1,
    account_id: token.account_id,
    service_token_id: token.id,
    project_id,
    all_projects: project_id === null,
    permission_set,
    state: activeState,
    writable_environment_categories: [],
    created_at: spacedInstant(token.created_at),
    updated_at: spacedInstant(token.updated_at),
  }))
}
