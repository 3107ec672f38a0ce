import type { FileHandle } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'
import { inStoreWords } from '../../artifacts/disk/disk-errors.ts'
import type { Content } from '../../util/content.ts'
import { storableText } from '../../util/text/storable-text.ts'
import type { LogSpool } from './log-spool.ts'

/** A log as short as this stays in memory. */
const maxInMemory = 64 * 1024

/**
 * It keeps the whole log of one stream of a step: in memory while it is short, then in a file. It is read twice: piece by piece
 * while it grows, for those who watch, and at once at the end.
 */
export class SpooledLog {
  readonly #spool: LogSpool
  readonly #decoder = new StringDecoder('utf8')
  #start: Buffer[] = []
  #file: FileHandle | undefined
  #size = 0
  #read = 0
  /** Counts the bytes of the spool. */
  #taken = 0
  #isCut = false
  #appended: Promise<void> = Promise.resolve()

  constructor(spool: LogSpool) {
    this.#spool = spool
  }

  /** It is true when there is something that `next` has not answered yet. */
  get hasMore(): boolean {
    return this.#read < this.#size
  }

  get isEmpty(): boolean {
    return this.#size === 0
  }

  /** Resolves when it is kept and more can be taken. What is beyond the room for logs is left out, and the log says so. */
  append(text: string): Promise<void> {
    const appended = this.#appended.then(() => inStoreWords(this.#append(Buffer.from(storableText(text)))))
    this.#appended = appended.catch(() => {}) // whoever appended hears of it
    return appended
  }

  /** Reads the next piece, of about `maxBytes` at most; empty at the end. */
  async next(maxBytes: number): Promise<string> {
    const length = Math.min(maxBytes, this.#size - this.#read)
    const bytes = this.#file === undefined ? this.#fromMemory(length) : await readFully(this.#file, length, this.#read)
    this.#read += bytes.length
    return this.#decoder.write(bytes)
  }

  /** The log from its beginning to its end. */
  async whole(): Promise<Content> {
    await this.#appended
    const file = this.#file
    if (file === undefined) return Buffer.concat(this.#start)
    const end = this.#size - 1
    return () => file.createReadStream({ start: 0, end, autoClose: false })
  }

  async close(): Promise<void> {
    await this.#appended
    this.#spool.giveBack(this.#taken)
    this.#taken = 0
    await this.#file?.close()
    this.#file = undefined
    this.#start = []
  }

  async #append(bytes: Buffer): Promise<void> {
    if (this.#isCut || bytes.length === 0) return
    if (this.#file === undefined && this.#size + bytes.length <= maxInMemory) return this.#keep(bytes)
    await this.#spool.ensureRoom()
    const more = this.#size + bytes.length - this.#taken
    if (this.#spool.take(more)) {
      this.#taken += more
      this.#file ??= await this.#moveToFile()
      return this.#keep(bytes)
    }
    this.#isCut = true
    const megabytes = Math.floor(this.#spool.maxBytes / 2 ** 20)
    await this.#keep(
      Buffer.from(
        `The log is cut here: all logs that wait on this worker's disk may take ${megabytes} MB (STRATUS_LOG_SPOOL_MB).\n`,
      ),
    )
  }

  async #keep(bytes: Buffer): Promise<void> {
    if (this.#file === undefined) this.#start.push(bytes)
    else await this.#file.appendFile(bytes)
    this.#size += bytes.length
  }

  /** Whoever reads meanwhile reads of memory, which stays until the file has it. */
  async #moveToFile(): Promise<FileHandle> {
    const file = await this.#spool.openFile()
    await file.appendFile(Buffer.concat(this.#start))
    return file
  }

  #fromMemory(length: number): Buffer {
    return Buffer.concat(this.#start).subarray(this.#read, this.#read + length)
  }
}

async function readFully(file: FileHandle, length: number, position: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
