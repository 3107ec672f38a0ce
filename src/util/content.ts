import type { Readable } from 'node:stream'

/** What a file holds: whole, where it is small, else piece by piece. */
export type Content = Readable | Buffer | string
