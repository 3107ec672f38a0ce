import type { Generated, JSONColumnType, Selectable } from 'kysely'
import type { TokenGrant } from '../../domain/permissions.ts'
import type { Instant, NullableInstant } from './columns.ts'

export interface TokensTable {
  id: Generated<number>
  account_id: number
  name: string
  hash: Buffer
  grants: JSONColumnType<TokenGrant[]>
  created_at: Instant
  expires_at: NullableInstant
  last_used_at: NullableInstant
  revoked_at: NullableInstant
  updated_at: Instant
}

export type TokenRow = Selectable<TokensTable>

export interface SessionsTable {
  hash: Buffer
  token_id: number
  created_at: Generated<Date>
  expires_at: Date
}

export interface SignInCodesTable {
  hash: Buffer
  token_id: number
  expires_at: Date
}
