import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGunzip, createGzip, gzip, gzipSync, type ZlibOptions } from 'node:zlib'
import type { Content } from '../util/content.ts'
import { errorCode } from '../util/error-code.ts'
import type { ArtifactStore } from './artifact-store.ts'
import { inStoreWords, storeError, unavailable } from './disk-errors.ts'

const compress = promisify<Buffer, ZlibOptions, Buffer>(gzip)
const level = 1
/** Bytes that are compressed in less time than another thread takes to begin. */
const small = 16 * 1024
const mode = 0o600

/** Keeps each file compressed below `root`; written under another name first, so that nobody ever reads half a file. */
export function createDiskStore(root: string): ArtifactStore {
  return {
    async put(key, content) {
      const file = fileOf(root, key)
      if (content instanceof Readable) content.on('error', () => {}) // one that breaks at once is heard of below
      const partial = `${file}.${randomBytes(6).toString('hex')}.partial`
      try {
        const size = await write(partial, content)
        await inStoreWords(rename(partial, file))
        return size
      } catch (error) {
        if (content instanceof Readable) content.destroy()
        await rm(partial, { force: true }).catch(() => {}) // why it could not be written matters more
        throw error
      }
    },

    async get(key) {
      const file = fileOf(root, key)
      try {
        const handle = await open(file)
        const compressed: Readable = createReadStream(file, { fd: handle })
        const content = createGunzip()
        compressed.once('error', (error) => content.destroy(unavailable(error)))
        content.once('close', () => compressed.destroy())
        return compressed.pipe(content)
      } catch (error) {
        if (isMissing(error)) return undefined
        throw storeError(error)
      }
    },
  }
}

async function write(file: string, content: Content): Promise<number> {
  if (!(content instanceof Readable)) {
    return inStoreWords(writeBytes(file, Buffer.isBuffer(content) ? content : Buffer.from(content)))
  }
  await inStoreWords(makeFolderOf(file))
  return writeStream(file, content)
}

async function makeFolderOf(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
}

async function writeBytes(file: string, bytes: Buffer): Promise<number> {
  const compressed = bytes.length <= small ? gzipSync(bytes, { level }) : await compress(bytes, { level })
  try {
    await writeFile(file, compressed, { mode })
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    // Mostly the folder is there: a run leaves many small files in few folders.
    await makeFolderOf(file)
    await writeFile(file, compressed, { mode })
  }
  return bytes.length
}

async function writeStream(file: string, content: Readable): Promise<number> {
  let size = 0
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length
      done(null, chunk)
    },
  })
  const output = createWriteStream(file, { mode })
  const closed = new Promise<void>((resolve) => output.once('close', resolve))
  // The others are destroyed with the error of the one that failed.
  let isOfContent = content.errored !== null
  content.once('error', () => {
    isOfContent ||= output.errored === null
  })
  try {
    await pipeline(content, counter, createGzip({ level }), output)
  } catch (error) {
    await closed // until then the file may yet appear
    throw isOfContent ? error : storeError(error)
  }
  return size
}

/** Every stored file ends in .gz and no folder does, so that a file and a folder of one name never meet. */
function fileOf(root: string, key: string): string {
  const parts = key.split('/')
  const name = parts.pop() ?? ''
  const file = path.resolve(root, ...parts.map(folderName), name === '' ? '' : `${name}.gz`)
  if (file !== root && !file.startsWith(root + path.sep)) throw new Error(`The key ${key} leaves the store.`)
  return file
}

/** A mark behind those that end like a file, and behind those that end like one with its mark. */
function folderName(part: string): string {
  return /\.gz~*$/.test(part) ? `${part}~` : part
}

function isMissing(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR'
}
