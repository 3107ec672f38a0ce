import type { listTokens } from '../../tokens/list-tokens.ts'
import { instant, nullable } from '../presenters/time/wire-dates.ts'
import type { components } from '../wire/stratus.generated.ts'

type TokenRecord = Awaited<ReturnType<typeof listTokens>>[number]

/** Its hash is left out: nothing of a token leaves the server but its text, once. */
export function presentToken(token: TokenRecord): components['schemas']['Token'] {
  return {
    id: token.id,
    account_id: token.account_id,
    name: token.name,
    grants: token.grants.map(({ permission_set, project_ids }) => ({
      permission_set,
      project_ids: project_ids && [...project_ids],
    })),
    created_at: instant(token.created_at),
    expires_at: nullable(instant, token.expires_at),
    last_used_at: nullable(instant, token.last_used_at),
    revoked_at: nullable(instant, token.revoked_at),
  }
}
