import { decodeTrailer, encodeTrailer, maxTrailerBytes } from './trailer.ts'

const sha256 = 'ab'.repeat(32)

test('what is written at the end of a file is read again, also behind other bytes', () => {
  const trailer = { size: 2 ** 40, sha256, blocks: [1, 2 ** 32 - 1, 7] }
  const encoded = encodeTrailer(trailer)
  expect(decodeTrailer(encoded)).toEqual({ trailer, bytes: encoded.length })
  expect(decodeTrailer(Buffer.concat([Buffer.alloc(100, 1), encoded]))).toEqual({ trailer, bytes: encoded.length })
})

test('of very many blocks the first are listed', () => {
  const encoded = encodeTrailer({ size: 2 ** 40, sha256, blocks: Array.from({ length: 20_000 }, () => 9) })
  expect(encoded.length).toBeLessThan(maxTrailerBytes)
  expect(decodeTrailer(encoded)?.trailer.blocks).toHaveLength(16_000)
})

test('what is cut or something else has none', () => {
  const encoded = encodeTrailer({ size: 1, sha256, blocks: [30] })
  for (let length = 0; length < encoded.length; length++) {
    expect(decodeTrailer(encoded.subarray(0, length))).toBeUndefined()
    expect(decodeTrailer(encoded.subarray(encoded.length - length))).toBeUndefined()
  }
})
