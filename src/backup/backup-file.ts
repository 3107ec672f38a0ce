import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { SetupError } from '../domain/errors.ts'
import { errorCode } from '../util/error-code.ts'

/** Stands at the beginning; after it lines of JSON follow, compressed, and the hash of all before it ends the file. */
const magic = Buffer.from('stratus-backup 1\n')
const sealLength = 66

/** Writes the lines under another name, which becomes `file` when all of them are on the disk. Answers how many bytes. */
export async function writeBackupFile(file: string, lines: AsyncIterable<string>): Promise<number> {
  if (await lstat(file).catch(() => undefined)) throw new SetupError(`${file} is there already: choose another name.`)
  const draft = `${file}.${randomBytes(4).toString('hex')}.part`
  try {
    const handle = await openFile(draft, 'wx')
    try {
      await pipeline(Readable.from(lines), createGzip({ level: 4 }), seal, async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) await handle.writeFile(chunk)
      })
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    const code = errorCode(error)
    if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EIO') throw error
    throw new SetupError(
      `The backup could not be written: ${code === 'EIO' ? 'the disk fails' : 'the disk is full'}.`,
      {
        cause: error,
      },
    )
  }
  return (await lstat(file)).size
}

async function* seal(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256').update(magic)
  yield magic
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
  yield Buffer.from(`\n${hash.digest('hex')}\n`)
}

export interface BackupFile extends AsyncDisposable {
  lines(): AsyncGenerator<string>
}

/** Opens a backup that is whole. Throws a SetupError for any other file. */
export async function openBackupFile(file: string): Promise<BackupFile> {
  const handle = await openFile(file, 'r')
  try {
    const end = await assertWhole(file, handle)
    return {
      lines: () => linesBetween(handle, magic.length, end),
      [Symbol.asyncDispose]: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Answers where its lines end. */
async function assertWhole(file: string, handle: FileHandle): Promise<number> {
  const start = Buffer.alloc(magic.length)
  await handle.read(start, 0, start.length, 0)
  if (!start.equals(magic)) {
    const isOther = start.toString('latin1').startsWith('stratus-backup ')
    throw new SetupError(
      isOther
        ? `${file} is a backup in a format that this Stratus does not know: a newer one made it. Restore it with that one.`
        : `${file} is not a backup that "stratus backup" made.`,
    )
  }
  const end = (await handle.stat()).size - sealLength
  const hash = createHash('sha256')
  const found = Buffer.alloc(sealLength)
  if (end > magic.length) {
    for await (const chunk of bytesBetween(handle, 0, end)) hash.update(chunk)
    await handle.read(found, 0, sealLength, end)
  }
  if (found.toString('latin1') !== `\n${hash.digest('hex')}\n`) {
    throw new SetupError(`${file} is not whole: it was cut or changed after it had been made. Nothing was restored.`)
  }
  return end
}

async function* linesBetween(handle: FileHandle, start: number, end: number): AsyncGenerator<string> {
  const source = Readable.from(bytesBetween(handle, start, end))
  const text = createGunzip()
  text.setEncoding('utf8')
  source.on('error', (error) => text.destroy(error))
  source.pipe(text)
  let rest = ''
  try {
    for await (const chunk of text) {
      const lines = `${rest}${chunk}`.split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } finally {
    source.destroy()
  }
}

/** A stream of the handle itself would keep that from being closed. */
async function* bytesBetween(handle: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(2 ** 16, end - at)), 0, null, at)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
    at += bytesRead
  }
}

async function openFile(file: string, flags: string): Promise<FileHandle> {
  try {
    return await open(file, flags, 0o600)
  } catch (error) {
    throw new SetupError(`Cannot ${flags === 'r' ? 'read' : 'write'} ${file}: ${errorCode(error)}.`, { cause: error })
  }
}
