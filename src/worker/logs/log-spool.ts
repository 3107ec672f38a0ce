import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import path from 'node:path'

export interface LogSpoolOptions {
  /** Says where its files are made; each is without a name as soon as it is open, so that none outlives this process. */
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
    const { folder } = this.#options
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const file = path.join(folder, `${randomUUID()}.log`)
    const handle = await open(file, 'wx+', 0o600)
    await rm(file)
    return handle
  }
}
