import type { Readable } from 'node:stream'
import type { Content } from '../util/content.ts'

/** Where files of runs are kept. Keys are slash-separated and chosen by Stratus, never by a client. */
export interface ArtifactStore {
  /** Stores the content whole or not at all; answers its size in bytes, uncompressed. */
  put(key: string, content: Content): Promise<number>
  /** The content, uncompressed, or undefined when there is none. */
  get(key: string): Promise<Readable | undefined>
  /** Removes everything below `prefix`, which ends in a slash. */
  deleteAll(prefix: string): Promise<void>
}
