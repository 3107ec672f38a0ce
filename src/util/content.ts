import type { Readable } from 'node:stream'

/** The content of a file is handed on whole where it is small, else piece by piece. */
export type Content = Readable | Buffer | string
