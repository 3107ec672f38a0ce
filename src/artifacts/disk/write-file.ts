import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Content } from '../../util/content.ts'
import { errorCode } from '../../util/error-code.ts'
import type { StoredAs } from '../artifact-store.ts'
import { Compression } from '../format/compress.ts'
import { inStoreWords, storeError } from './disk-errors.ts'

const mode = 0o600

/** Writes a stored file, in a folder that is made if it is missing. What breaks the content is thrown as it is. */
export async function writeStoredFile(file: string, content: Content, signal?: AbortSignal): Promise<StoredAs> {
  const compression = new Compression()
  if (typeof content === 'function') {
    await inStoreWords(makeFolderOf(file))
    await writeStream(file, content, compression, signal)
  } else {
    const bytes = await compression.whole(Buffer.isBuffer(content) ? content : Buffer.from(content))
    await inStoreWords(writeBytes(file, bytes))
  }
  return compression.storedAs
}

async function makeFolderOf(file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
}

async function writeBytes(file: string, bytes: Buffer): Promise<void> {
  try {
    await writeFile(file, bytes, { mode })
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    // Mostly the folder is there: a run leaves many small files in few folders.
    await makeFolderOf(file)
    await writeFile(file, bytes, { mode })
  }
}

async function writeStream(
  file: string,
  open: Exclude<Content, Buffer | string>,
  compression: Compression,
  signal: AbortSignal | undefined,
): Promise<void> {
  const content = open()
  const output = createWriteStream(file, { mode })
  const closed = new Promise<void>((resolve) => output.once('close', resolve))
  // The others are destroyed with the error of the one that failed.
  let isOfContent = content.errored !== null
  content.once('error', () => {
    isOfContent ||= output.errored === null
  })
  try {
    const pieces = (source: AsyncIterable<Buffer>) => compression.pieces(source)
    await pipeline(content, pieces, output, signal === undefined ? {} : { signal })
  } catch (error) {
    content.destroy()
    await closed // until then the file may yet appear
    throw isOfContent ? error : storeError(error)
  }
}
