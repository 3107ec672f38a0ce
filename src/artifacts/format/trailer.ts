/*
 * A stored file is a gzip file that any program can unpack: one member for each block of the content, so that a part of it
 * can be read without what comes before, and an empty member at the end. That one's extra field holds what is below, and
 * ends with a mark, so that it is found from the end of the file.
 */

/** The end of a stored file describes its content with this. */
export interface Trailer {
  /** Bytes of the content, uncompressed. */
  readonly size: number
  /** The hash of the content stands here in hexadecimal digits. */
  readonly sha256: string
  /** Compressed lengths of the first blocks, of which there are at most `maxBlocks`. */
  readonly blocks: readonly number[]
}

/** Bytes of content in each block, but the last. */
export const blockBytes = 2 ** 20

/** An extra field has no room for more. */
const maxBlocks = 16_000

const memberHead = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff])
/** It holds an empty content, with its checksum and length. */
const memberEnd = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0])
const field = Buffer.from('SF')
const mark = Buffer.from('STRATUS1')
const fixedBytes = 8 + 32

/** So much of the end of a file holds every trailer. */
export const maxTrailerBytes = 66 * 1024

export function encodeTrailer({ size, sha256, blocks }: Trailer): Buffer {
  const listed = blocks.slice(0, maxBlocks)
  const payload = Buffer.alloc(fixedBytes + 4 * listed.length + 2 + mark.length)
  payload.writeBigUInt64LE(BigInt(size), 0)
  payload.write(sha256, 8, 'hex')
  for (const [index, length] of listed.entries()) payload.writeUInt32LE(length, fixedBytes + 4 * index)
  payload.writeUInt16LE(payload.length, payload.length - mark.length - 2)
  mark.copy(payload, payload.length - mark.length)
  const lengths = Buffer.alloc(2 + 4)
  lengths.writeUInt16LE(payload.length + 4, 0)
  field.copy(lengths, 2)
  lengths.writeUInt16LE(payload.length, 4)
  return Buffer.concat([memberHead, lengths, payload, memberEnd])
}

/** The trailer at the end of `tail`, with its own length; undefined in a file that has none. */
export function decodeTrailer(tail: Buffer): { readonly trailer: Trailer; readonly bytes: number } | undefined {
  const end = tail.length - memberEnd.length
  const markAt = end - mark.length
  if (markAt < fixedBytes + 2 || !tail.subarray(end).equals(memberEnd) || !tail.subarray(markAt, end).equals(mark))
    return undefined
  const payloadBytes = tail.readUInt16LE(markAt - 2)
  const bytes = memberHead.length + 6 + payloadBytes + memberEnd.length
  if (bytes > tail.length) return undefined
  const payload = tail.subarray(end - payloadBytes, end)
  const blocks = Array.from({ length: (payloadBytes - fixedBytes - 2 - mark.length) / 4 }, (_none, index) =>
    payload.readUInt32LE(fixedBytes + 4 * index),
  )
  const trailer = { size: Number(payload.readBigUInt64LE(0)), sha256: payload.toString('hex', 8, fixedBytes), blocks }
  return { trailer, bytes }
}
