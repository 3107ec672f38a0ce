import type { Readable } from 'node:stream'

/**
 * A file's content is whole where it is small, else a function that opens it from its beginning, for each attempt to
 * hand it on anew.
 */
export type Content = (() => Readable) | Buffer | string
