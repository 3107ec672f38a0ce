import { statfs } from 'node:fs/promises'
import { StoreFullError } from '../../domain/store-errors.ts'

/** Throws a StoreFullError when less than `bytes` are free on the disk that `folder` is on. */
export async function ensureFreeSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free >= bytes) return
  throw new StoreFullError(`Only ${toMiB(free)} MiB are free on the disk of ${folder}; ${toMiB(bytes)} MiB are needed`)
}

function toMiB(bytes: number): number {
  return Math.floor(bytes / 2 ** 20)
}
