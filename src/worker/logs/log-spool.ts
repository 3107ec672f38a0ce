import type { FileHandle } from 'node:fs/promises'
import { openUnnamedFile } from '../../util/files/open-unnamed-file.ts'

export interface LogSpoolOptions {
  /** Its files are made there, and have no names. */
  readonly folder: string
  /** Its files may have so many bytes together. */
  readonly maxBytes: number
  /** Throws when the disk has no room for more; absent: it has always. */
  ensureRoom?(): Promise<void>
}

/** The logs of running steps wait in it for the database and for the end of their step: on the worker's disk, bounded. */
export class LogSpool {
  readonly #options: LogSpoolOptions
  #bytes = 0

  constructor(options: LogSpoolOptions) {
    this.#options = options
  }

  get maxBytes(): number {
    return this.#options.maxBytes
  }

  /** Takes so many bytes more; false when there is no room for them. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#options.maxBytes) return false
    this.#bytes += bytes
    return true
  }

  giveBack(bytes: number): void {
    this.#bytes -= bytes
  }

  async ensureRoom(): Promise<void> {
    await this.#options.ensureRoom?.()
  }

  async openFile(): Promise<FileHandle> {
    return openUnnamedFile(this.#options.folder)
  }
}
