import { createHash } from 'node:crypto'

/** Gives numbers from 0 up to 1, always the same ones for the same key. */
export type RandomSource = (key: string) => () => number

/** It is Mulberry32 on a hash of the key: small, and good enough for durations and row counts. */
export const seededRandom: RandomSource = (key) => {
  let state = createHash('sha256').update(key).digest().readUInt32LE(0)
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A UUID that is always the same for the same key. */
export function uuidOf(key: string): string {
  const hash = createHash('sha256').update(key).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}

export function commitOf(key: string): string {
  return createHash('sha1').update(key).digest('hex')
}
