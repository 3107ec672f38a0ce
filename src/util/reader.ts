import { AsyncLocalStorage } from 'node:async_hooks'

/** Files are read on somebody's behalf who may not read all that this process may. */
export interface Reader {
  /** Says who it is, in words that follow "by". */
  readonly name: string
  /** `file` must be a real path. */
  mayRead(file: string, stats: FileRights): Promise<boolean>
}

export interface FileRights {
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

const readers = new AsyncLocalStorage<Reader>()

/** Does `work`, which opens a foreign file only if the reader may read it. */
export function readingAs<T>(reader: Reader | undefined, work: () => T): T {
  return reader === undefined ? work() : readers.run(reader, work)
}

export function currentReader(): Reader | undefined {
  return readers.getStore()
}
