import type { Readable } from 'node:stream'
import type { Content } from '../util/content.ts'

/**
 * Files of runs are kept in it. Keys are slash-separated and chosen by Stratus, never by a client. What the store cannot
 * do it says by a StoreError, whatever it is made of.
 */
export interface ArtifactStore {
  readonly kind: 'disk' | 'S3'
  /** Which store it is, for those who run the server. It has no secret in it. */
  readonly name: string
  /** Lists and writes; rejects with a StoreError when it does not take or give anything now. */
  check(signal?: AbortSignal): Promise<void>
  /** Stores the content whole or not at all; the same again changes nothing. Throws what breaks the content. */
  put(key: string, content: Content, signal?: AbortSignal): Promise<StoredAs>
  /** The content, uncompressed, or undefined when there is none. Whoever has it reads it or destroys it. */
  get(key: string, range?: ByteRange): Promise<StoredContent | undefined>
  /** The files below `prefix`, which ends in a slash or is empty, in an order that stays; only those that follow `after`. */
  list(prefix: string, after?: string): AsyncIterable<ListedFile>
  /** The folders that lie in `prefix` itself, each with a slash at its end, in an order that stays; only those that follow `after`. */
  listFolders(prefix: string, after?: string): AsyncIterable<string>
  /** Removes these, as many as there are; one that is not there is as good as removed. */
  delete(keys: readonly string[]): Promise<void>
  /** Removes everything below `prefix`, which ends in a slash. */
  deleteAll(prefix: string): Promise<void>
}

/** A store answers this when it has taken a content. */
export interface StoredAs {
  /** Bytes of the content, uncompressed. */
  readonly size: number
  /** The hash of the content stands here in hexadecimal digits. */
  readonly sha256: string
}

/** A part of a content, as `Buffer.subarray` has it: without an end to the end, and below zero from the end. */
export interface ByteRange {
  readonly start: number
  readonly end?: number
}

export interface StoredContent {
  /** Bytes of the whole content, uncompressed. */
  readonly size: number
  /** Where `content` begins. */
  readonly start: number
  /** The whole, or the part that was asked for. Ends with a DamagedContentError when it is not what was stored. */
  readonly content: Readable
}

export interface ListedFile {
  readonly key: string
  /** Bytes that it takes, compressed. */
  readonly storedBytes: number
  readonly storedAt: Date
}
