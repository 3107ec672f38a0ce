import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { errorCode } from '../../util/error-code.ts'
import type { ArtifactStore, ByteRange, StoredContent } from '../artifact-store.ts'
import { readStored, type StoredFile } from '../format/read-stored.ts'
import { maxTrailerBytes } from '../format/trailer.ts'
import { inStoreWords, storeError } from './disk-errors.ts'
import { fileOf } from './file-names.ts'
import { listFiles, listFolders } from './list-files.ts'
import { writeStoredFile } from './write-file.ts'

/** Keeps each file compressed below `root`; written under another name first, so that nobody ever reads half a file. */
export function createDiskStore(root: string): ArtifactStore {
  return {
    kind: 'disk',
    name: `the folder ${root}`,

    async check() {
      await inStoreWords(mkdir(root, { recursive: true, mode: 0o700 }))
      // The file stays: servers that share the folder would remove it from under each other.
      await inStoreWords(writeFile(path.join(root, '.writable'), `${process.pid}\n`))
    },

    async put(key, content, signal) {
      const file = fileOf(root, key)
      const partial = `${file}.${randomBytes(6).toString('hex')}.partial`
      try {
        const storedAs = await writeStoredFile(partial, content, signal)
        await inStoreWords(rename(partial, file))
        return storedAs
      } catch (error) {
        await rm(partial, { force: true }).catch(() => {}) // why it could not be written matters more
        throw error
      }
    },

    async get(key, range) {
      try {
        return await readOpened(await open(fileOf(root, key)), range)
      } catch (error) {
        if (isMissing(error)) return undefined
        throw storeError(error)
      }
    },

    list: (prefix, after = '') => listFiles(root, prefix, after),

    listFolders: (prefix, after = '') => listFolders(root, prefix, after),

    async delete(keys) {
      for (const key of keys) await inStoreWords(rm(fileOf(root, key), { force: true }))
    },

    async deleteAll(prefix) {
      await inStoreWords(rm(fileOf(root, prefix), { recursive: true, force: true }))
    },
  }
}

/** Closes the file when the content is read or destroyed. */
async function readOpened(handle: FileHandle, range: ByteRange | undefined): Promise<StoredContent> {
  try {
    const { size } = await handle.stat()
    const tail = Buffer.alloc(Math.min(size, maxTrailerBytes))
    await handle.read(tail, 0, tail.length, size - tail.length)
    const file: StoredFile = {
      bytes: size,
      tail,
      open: async (start, end) => handle.createReadStream({ start, end: end - 1 }),
      close: () => handle.close(),
      explain: storeError,
    }
    return await readStored(file, range)
  } catch (error) {
    await handle.close()
    throw error
  }
}

function isMissing(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR'
}
