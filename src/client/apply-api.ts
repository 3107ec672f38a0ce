import * as z from 'zod'
import type { ApiClient } from './api-client.ts'

const plan = z.object({
  dry_run: z.boolean(),
  entries: z.array(
    z.object({
      action: z.enum(['create', 'update', 'delete', 'unchanged']),
      kind: z.string(),
      id: z.number().nullable(),
      name: z.string(),
      within: z.array(z.string()),
      changes: z.array(z.object({ key: z.string(), from: z.unknown(), to: z.unknown() })),
      note: z.string().nullable(),
    }),
  ),
  warnings: z.array(z.object({ path: z.string(), message: z.string() })),
  left_out: z.array(
    z.object({
      kind: z.string(),
      id: z.number(),
      name: z.string(),
      within: z.array(z.string()),
      scheduled: z.boolean(),
      prunable: z.boolean(),
    }),
  ),
})
export type Plan = z.infer<typeof plan>

export function sendDocument(
  client: ApiClient,
  document: unknown,
  options: { dryRun: boolean; prune: boolean },
): Promise<Plan> {
  return client.post('/api/stratus/v1/apply/', plan, {
    body: { document, dry_run: options.dryRun, prune: options.prune },
  })
}
