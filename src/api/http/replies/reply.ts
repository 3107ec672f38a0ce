import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { ByteRange } from '../../../artifacts/artifact-store.ts'

/** A handler answers with one of these; `send-reply.ts` alone turns it into HTTP. */
export type Reply =
  | { readonly kind: 'data'; readonly code: 200 | 201; readonly data: unknown }
  | { readonly kind: 'list'; readonly page: Page }
  | { readonly kind: 'file'; readonly file: FileReply }

/** One page of a list, with what was asked for, as it was understood. */
export interface Page {
  readonly items: readonly unknown[]
  /** Counts the matches on every page. */
  readonly total: number
  /** `limit` and `offset` are always in it: Airflow's provider fails without them. */
  readonly filters: { readonly limit: number; readonly offset: number; readonly [name: string]: unknown }
  readonly orderBy: string | null
}

export interface FileReply {
  readonly path: string
  readonly sizeBytes: number
  /** Names these very bytes, in quotes; absent while they may become others. */
  readonly etag?: string | undefined
  /** Stand beside those that every file has. */
  readonly headers?: Readonly<Record<string, string>>
  /** Opens the content, or a part of it, only when it is going to be sent; undefined when it is gone. */
  open(range?: ByteRange): Promise<Readable | undefined>
}

export function ok(data: unknown): Reply {
  return { kind: 'data', code: 200, data }
}

export function created(data: unknown): Reply {
  return { kind: 'data', code: 201, data }
}

export function list(page: Page): Reply {
  return { kind: 'list', page }
}

export function file(reply: FileReply): Reply {
  return { kind: 'file', file: reply }
}

/** The ETag of what stands under a key of the store: no key has ever two contents. */
export function etagOfKey(key: string): string {
  return `"${createHash('sha256').update(key).digest('hex').slice(0, 32)}"`
}
