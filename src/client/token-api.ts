import * as z from 'zod'
import type { ApiClient } from './api-client.ts'
import { listAll } from './list-all.ts'

const token = z.object({
  id: z.number(),
  name: z.string(),
  grants: z.array(z.object({ permission_set: z.string(), project_ids: z.array(z.number()).nullable() })),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  last_used_at: z.string().nullable(),
})
export type Token = z.infer<typeof token>

export interface TokenRequest {
  readonly name: string
  readonly grants: readonly { readonly permission_set: string; readonly project_ids: readonly number[] | null }[]
  readonly expires_at?: string
}

const path = '/api/stratus/v1/tokens/'

export function createToken(client: ApiClient, body: TokenRequest): Promise<Token & { token: string }> {
  return client.post(path, token.extend({ token: z.string() }), { body })
}

export function listTokens(client: ApiClient): Promise<Token[]> {
  return listAll(client, path, token)
}

export function revokeToken(client: ApiClient, id: number): Promise<Token> {
  return client.delete(`${path}${id}/`, token)
}
