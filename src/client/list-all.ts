import * as z from 'zod'
import type { ApiClient, RequestOptions } from './api-client.ts'

const pageSize = 100

/** Reads a list page by page: all of it, or the first `limit`. */
export async function listAll<T>(
  client: ApiClient,
  path: string,
  item: z.ZodType<T>,
  { query = {}, limit = Number.POSITIVE_INFINITY }: { query?: RequestOptions['query']; limit?: number } = {},
): Promise<T[]> {
  const items: T[] = []
  for (;;) {
    const size = Math.min(pageSize, limit - items.length)
    const page = await client.get(path, z.array(item), { query: { ...query, limit: size, offset: items.length } })
    items.push(...page)
    if (page.length < size || items.length >= limit) return items
  }
}
