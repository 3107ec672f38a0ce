import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { errorCode } from '../util/error-code.ts'
import type { ArtifactStore } from './artifact-store.ts'

/** Keeps each file compressed below `root`; written under another name first, so that nobody ever reads half a file. */
export function createDiskStore(root: string): ArtifactStore {
  return {
    async put(key, content) {
      const file = fileOf(root, key)
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
      const partial = `${file}.${randomBytes(6).toString('hex')}.partial`
      let size = 0
      const counter = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          size += chunk.length
          done(null, chunk)
        },
      })
      try {
        await pipeline(content, counter, createGzip({ level: 1 }), createWriteStream(partial, { mode: 0o600 }))
        await rename(partial, file)
      } catch (error) {
        await rm(partial, { force: true })
        throw error
      }
      return size
    },

    async get(key) {
      const file = fileOf(root, key)
      try {
        const handle = await open(file)
        const compressed: Readable = createReadStream(file, { fd: handle })
        const content = createGunzip()
        compressed.once('error', (error) => content.destroy(error))
        content.once('close', () => compressed.destroy())
        return compressed.pipe(content)
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    },

    async deleteAll(prefix) {
      await rm(fileOf(root, prefix), { recursive: true, force: true })
    },
  }
}

/** Every stored file ends in .gz, so that a file and a folder of one name never meet. */
function fileOf(root: string, key: string): string {
  const file = path.resolve(root, key)
  if (file !== root && !file.startsWith(root + path.sep)) throw new Error(`The key ${key} leaves the store.`)
  return key.endsWith('/') ? file : `${file}.gz`
}

function isMissing(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR'
}
