import type { BigIntStats } from 'node:fs'
import { constants, type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises'
import path from 'node:path'
import { errorCode } from '../error-code.ts'
import { currentReader } from '../reader.ts'
import { withinTime } from '../within-time.ts'

/** A disk that needs longer than this for one file is not waited for. */
const maxMs = 20_000

/** Says why a file is not read, in words that follow its name. */
export class UnfitFile extends Error {
  override readonly name = 'UnfitFile'
  readonly code: string | undefined

  constructor(reason: string, code?: string) {
    super(reason)
    this.code = code
  }
}

export interface ForeignPlace {
  /** The real folder that the file has to lie in, whatever links lead there. */
  readonly below?: string | undefined
  /** It is true where the file itself may be a link, as files of a project are; what a run left may not. */
  readonly followsLinks?: boolean
  /** It is true for a file of the server's own, which it reads for itself alone. */
  readonly isOwn?: boolean
}

export interface ForeignFile {
  readonly handle: FileHandle
  /** It was asked for when the file was opened. */
  readonly stats: BigIntStats
  /** Says when it was opened; nothing beyond is read. */
  readonly size: number
  /** Answers fewer bytes at the end, and none behind it. */
  read(position: number, length: number): Promise<Buffer>
  /** Answers fewer bytes than `size` when it was cut meanwhile. */
  readWhole(): Promise<Buffer>
}

/**
 * Lets `use` have a file that a program of somebody else may have made or may be changing: only a regular one, which is
 * never waited for. What it is was asked of the open file, so that nothing put into its place later is read.
 */
export async function openForeign<T>(
  file: string,
  { below, followsLinks = false, isOwn = false }: ForeignPlace,
  use: (file: ForeignFile) => Promise<T>,
): Promise<T> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (followsLinks ? 0 : constants.O_NOFOLLOW)
  const handle = await openSoon(file, flags)
  try {
    const stats = await soon(regularStats(handle, file, below))
    if (!isOwn) await assertReadable(handle, stats)
    const size = Number(stats.size)
    const read: ForeignFile['read'] = async (position, length) => {
      const room = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - position)))
      if (room.length === 0) return room
      const { bytesRead } = await soon(handle.read(room, 0, room.length, position))
      return room.subarray(0, bytesRead)
    }
    const used = await use({ handle, stats, size, read, readWhole: () => readWhole(read, size) })
    await soon(handle.close())
    return used
  } catch (error) {
    // A disk that did not answer may not close a file either.
    handle.close().catch(() => {})
    throw error
  }
}

/** The whole file, unless it has more than `maxBytes`. */
export function readForeign(
  file: string,
  { maxBytes, ...place }: ForeignPlace & { readonly maxBytes: number },
): Promise<Buffer> {
  return openForeign(file, place, async ({ size, readWhole }) => {
    if (size > maxBytes) throw new UnfitFile(`has more than ${maxBytes} bytes`, 'EFBIG')
    return readWhole()
  })
}

async function readWhole(read: ForeignFile['read'], size: number): Promise<Buffer> {
  const first = await read(0, size)
  if (first.length === size) return first
  const pieces = [first]
  for (let position = first.length; position < size; ) {
    const piece = await read(position, size)
    if (piece.length === 0) break // it was cut meanwhile
    pieces.push(piece)
    position += piece.length
  }
  return Buffer.concat(pieces)
}

async function openSoon(file: string, flags: number): Promise<FileHandle> {
  const opening = open(file, flags)
  try {
    return await soon(opening)
  } catch (error) {
    // One that opens after all is closed; why another failed is thrown here.
    opening.then((late) => late.close()).catch(() => {})
    throw unfit(error)
  }
}

async function regularStats(handle: FileHandle, file: string, below: string | undefined): Promise<BigIntStats> {
  const stats = await handle.stat({ bigint: true })
  if (stats.isDirectory()) throw new UnfitFile('is a folder', 'EISDIR')
  if (!stats.isFile()) throw new UnfitFile('is no regular file')
  if (below === undefined) return stats
  const real = await placeOf(handle, file, stats)
  if (!real?.startsWith(below.endsWith(path.sep) ? below : below + path.sep))
    throw new UnfitFile('lies in another folder, to which a link leads')
  return stats
}

/** Says where the open file lies: on Linux the kernel knows. Elsewhere undefined when something else has its name by now. */
async function placeOf(handle: FileHandle, file: string, { ino, dev }: BigIntStats): Promise<string | undefined> {
  if (process.platform === 'linux') return readlink(`/proc/self/fd/${handle.fd}`)
  const real = await realpath(file)
  const found = await lstat(real, { bigint: true })
  return found.ino === ino && found.dev === dev ? real : undefined
}

/** It is asked of the open file, too: its name may mean another one by now. */
async function assertReadable(handle: FileHandle, { uid, gid, mode }: BigIntStats): Promise<void> {
  const reader = currentReader()
  if (reader === undefined) return
  const file = await readlink(`/proc/self/fd/${handle.fd}`)
  if (await reader.mayRead(file, { uid: Number(uid), gid: Number(gid), mode: Number(mode) })) return
  throw new UnfitFile(`cannot be read by ${reader.name}`, 'EACCES')
}

function soon<T>(work: Promise<T>): Promise<T> {
  return withinTime(maxMs, work, () => new UnfitFile(`could not be read within ${maxMs / 1000} seconds`))
}

function unfit(error: unknown): unknown {
  switch (errorCode(error)) {
    case 'ELOOP':
    case 'EMLINK':
      return new UnfitFile('is a link')
    case 'ENXIO':
    case 'EOPNOTSUPP':
      return new UnfitFile('is no regular file')
    default:
      return error
  }
}
