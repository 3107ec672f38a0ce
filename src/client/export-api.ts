import * as z from 'zod'
import type { ApiClient } from './api-client.ts'

const exported = z.object({
  document: z.record(z.string(), z.unknown()),
  secrets: z.array(z.array(z.union([z.string(), z.number()]))),
})
export type Exported = z.infer<typeof exported>

export function fetchDocument(client: ApiClient): Promise<Exported> {
  return client.get('/api/stratus/v1/export/', exported)
}
