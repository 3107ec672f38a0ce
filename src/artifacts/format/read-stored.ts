import { createHash } from 'node:crypto'
import { PassThrough, pipeline, Readable, Transform } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { DamagedContentError } from '../../domain/store-errors.ts'
import type { ByteRange, StoredContent } from '../artifact-store.ts'
import { blockBytes, decodeTrailer, type Trailer } from './trailer.ts'

/** A stored file, as its store has it. */
export interface StoredFile {
  readonly bytes: number
  /** Its end, of `maxTrailerBytes` if it has as many. */
  readonly tail: Buffer
  /** The bytes from `start` to before `end`, of which there is at least one. */
  open(start: number, end: number): Promise<Readable>
  /** Called instead of `open`, when the tail is enough. */
  close?(): Promise<void>
  /** Says in a store's words what broke the bytes. */
  explain(error: unknown): unknown
}

/** The content of a stored file, or the part of it that `range` means; of the file no more is read than that takes. */
export async function readStored(file: StoredFile, range: ByteRange = { start: 0 }): Promise<StoredContent> {
  const end = decodeTrailer(file.tail)
  if (end === undefined) throw new DamagedContentError('Its end is missing')
  const { trailer } = end
  const wanted = resolve(range, trailer.size)
  const length = wanted.end - wanted.start
  const isWhole = length === trailer.size
  const stages: NodeJS.ReadWriteStream[] = []
  const { offset, limit, skip } = placeOf(wanted, trailer, file.bytes - end.bytes)
  const compressed = length === 0 ? await nothing(file) : await open(file, offset, limit)
  if (length > 0) stages.push(createGunzip(), part(skip, length))
  if (isWhole) stages.push(checked(trailer))
  stages.push(withheld())
  return { size: trailer.size, start: wanted.start, content: joined(compressed, stages, file) }
}

async function nothing(file: StoredFile): Promise<Readable> {
  await file.close?.()
  return Readable.from([])
}

async function open(file: StoredFile, offset: number, limit: number): Promise<Readable> {
  const tailAt = file.bytes - file.tail.length
  if (offset < tailAt) return file.open(offset, limit)
  await file.close?.()
  return Readable.from([file.tail.subarray(offset - tailAt, limit - tailAt)])
}

function resolve({ start, end = Number.POSITIVE_INFINITY }: ByteRange, size: number): { start: number; end: number } {
  const clamp = (at: number) => Math.min(Math.max(at < 0 ? size + at : at, 0), size)
  const first = clamp(start)
  return { start: first, end: Math.max(first, clamp(end)) }
}

/** Where in the stored file the wanted part begins and ends, and what of the content there comes before it. */
function placeOf(
  { start, end }: { start: number; end: number },
  { blocks }: Pick<Trailer, 'blocks'>,
  contentEnd: number,
): { offset: number; limit: number; skip: number } {
  const first = Math.min(Math.floor(start / blockBytes), blocks.length)
  const last = Math.ceil(end / blockBytes)
  const offset = sum(blocks.slice(0, first))
  const limit = last > blocks.length ? contentEnd : sum(blocks.slice(0, last))
  return { offset, limit: Math.min(limit, contentEnd), skip: start - first * blockBytes }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** Passes on `length` bytes behind the first `skip`. */
function part(skip: number, length: number): Transform {
  let position = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const wanted = chunk.subarray(Math.max(0, skip - position), Math.max(0, skip + length - position))
      position += chunk.length
      done(null, wanted.length === 0 ? undefined : wanted)
    },
    flush(done) {
      done(position < skip + length ? new DamagedContentError('It ends before its end') : null)
    },
  })
}

function checked({ size, sha256 }: Trailer): Transform {
  const hash = createHash('sha256')
  let read = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      read += chunk.length
      done(null, chunk)
    },
    flush(done) {
      const isSame = read === size && hash.digest('hex') === sha256
      done(isSame ? null : new DamagedContentError('Its checksum is not that of what was stored'))
    },
  })
}

/** Keeps the last chunk until all before it has come to a good end, so that nobody takes what is damaged for the whole. */
function withheld(): Transform {
  let last: Buffer | undefined
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const previous = last
      last = chunk
      done(null, previous)
    },
    flush(done) {
      done(null, last)
    },
  })
}

/** One stream of all, which fails in a store's words. */
function joined(compressed: Readable, stages: readonly NodeJS.ReadWriteStream[], { explain }: StoredFile): Readable {
  const content = new PassThrough({
    destroy(error, done) {
      done(
        error &&
          (isOfCompression(error) ? new DamagedContentError(error.message, { cause: error }) : asError(explain(error))),
      )
    },
  })
  pipeline([compressed, ...stages, content], () => {}) // whoever reads the content hears of an error
  return content
}

function isOfCompression(error: Error): boolean {
  return 'code' in error && /^Z_/.test(String(error.code))
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
