import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip, gzipSync, type ZlibOptions } from 'node:zlib'
import type { StoredAs } from '../artifact-store.ts'
import { blockBytes, encodeTrailer } from './trailer.ts'

const compressAside = promisify<Buffer, ZlibOptions, Buffer>(gzip)
const level = 1

/** So many bytes are compressed in less time than another thread takes to begin. */
const small = 16 * 1024

/** A stored file while it is made: its pieces come as they are read, and then what is known of the content. */
export class Compression {
  readonly #hash = createHash('sha256')
  readonly #blocks: number[] = []
  #size = 0
  #sha256 = ''

  /** Reads chunks of the content. Answers the stored file piece by piece. */
  async *pieces(content: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
    for await (const block of blocksOf(content)) yield await this.#compress(block)
    yield this.#end()
  }

  /** The stored file of a content that is in memory. */
  async whole(content: Buffer): Promise<Buffer> {
    const pieces: Buffer[] = []
    for (let start = 0; start < content.length; start += blockBytes)
      pieces.push(await this.#compress(content.subarray(start, start + blockBytes)))
    return Buffer.concat([...pieces, this.#end()])
  }

  /** Known when the last piece was made. */
  get storedAs(): StoredAs {
    return { size: this.#size, sha256: this.#sha256 }
  }

  async #compress(block: Buffer): Promise<Buffer> {
    this.#hash.update(block)
    this.#size += block.length
    const compressed = block.length <= small ? gzipSync(block, { level }) : await compressAside(block, { level })
    this.#blocks.push(compressed.length)
    return compressed
  }

  #end(): Buffer {
    this.#sha256 = this.#hash.digest('hex')
    return encodeTrailer({ ...this.storedAs, blocks: this.#blocks })
  }
}

/** The same bytes in blocks that are full, but the last. */
async function* blocksOf(content: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  let block = Buffer.allocUnsafe(blockBytes)
  let filled = 0
  for await (const chunk of content) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk)
    for (let read = 0; read < bytes.length; ) {
      const copied = bytes.copy(block, filled, read)
      read += copied
      filled += copied
      if (filled < blockBytes) continue
      yield block
      block = Buffer.allocUnsafe(blockBytes)
      filled = 0
    }
  }
  if (filled > 0) yield block.subarray(0, filled)
}
