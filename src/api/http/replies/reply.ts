import type { Readable } from 'node:stream'

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
  /** Opens the content only when it is going to be sent; undefined when it is gone. */
  open(): Promise<Readable | undefined>
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
