import type { Generated } from 'kysely'

/** The keys that secrets are encrypted with, and where each was given first. */
export interface SecretKeysTable {
  key_id: string
  machine: string
  file: string | null
  created_at: Generated<Date>
}
