import type { Readable } from 'node:stream'
import type { Content } from '../util/content.ts'

/**
 * Where files of runs are kept. Keys are slash-separated and chosen by Stratus, never by a client. What the store cannot
 * do it says by a StoreError, whatever it is made of.
 */
export interface ArtifactStore {
  /** Stores the content whole or not at all; answers its size in bytes, uncompressed. Throws what breaks the content. */
  put(key: string, content: Content): Promise<number>
  /** The content, uncompressed, or undefined when there is none. */
  get(key: string): Promise<Readable | undefined>
}
