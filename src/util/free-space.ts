import { statfs } from 'node:fs/promises'

/** Throws an error with the code ENOSPC when less than `bytes` are free on the disk that `folder` is on. */
export async function ensureFreeSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free >= bytes) return
  const error = new Error(`Only ${toMiB(free)} MiB are free on the disk of ${folder}; ${toMiB(bytes)} MiB are needed.`)
  throw Object.assign(error, { code: 'ENOSPC' })
}

function toMiB(bytes: number): number {
  return Math.floor(bytes / 2 ** 20)
}
