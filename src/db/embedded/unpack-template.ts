import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'

const blockSize = 512
const zeros = Buffer.alloc(64 * 1024)

/**
 * Unpacks the tar.gz of a database folder into `folder`, which it makes. PGlite can load one itself, in three times the
 * time; a server's first start waits for this, so it is synchronous and leaves out the zeros at the end of files.
 */
export function unpackTemplate(archive: Buffer, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // The last four bytes are the length of the content: as one chunk it need not be put together.
  const tar = gunzipSync(archive, { chunkSize: archive.readUInt32LE(archive.length - 4) })
  for (let at = 0; at + blockSize <= tar.length && tar[at] !== 0; ) {
    const name = text(tar, at, 100)
    const prefix = text(tar, at + 345, 155)
    const size = Number.parseInt(text(tar, at + 124, 12), 8) || 0
    const target = path.join(folder, prefix, name)
    if (tar[at + 156] === '5'.charCodeAt(0)) mkdirSync(target, { recursive: true, mode: 0o700 })
    else writeFile(target, tar.subarray(at + blockSize, at + blockSize + size))
    at += blockSize + Math.ceil(size / blockSize) * blockSize
  }
}

function writeFile(file: string, content: Buffer): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const descriptor = openSync(file, 'w', 0o600)
  try {
    const end = endOfContent(content)
    for (let written = 0; written < end; ) written += writeSync(descriptor, content, written, end - written)
    ftruncateSync(descriptor, content.length)
  } finally {
    closeSync(descriptor)
  }
}

/** Says where the zeros at its end begin, to the block. */
function endOfContent(content: Buffer): number {
  let end = content.length
  while (end >= zeros.length && zeros.equals(content.subarray(end - zeros.length, end))) end -= zeros.length
  return end
}

function text(tar: Buffer, start: number, length: number): string {
  const field = tar.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end === -1 ? length : end).trim()
}
