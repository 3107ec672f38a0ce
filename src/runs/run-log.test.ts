import { Readable } from 'node:stream'
import { readEnd } from './run-log.ts'

test('a short log is read whole, across chunks that cut a character', async () => {
  const bytes = Buffer.from('größer\n')
  expect(await readEnd(Readable.from([bytes.subarray(0, 3), bytes.subarray(3)]), 100)).toBe('größer\n')
  expect(await readEnd(Readable.from([]), 100)).toBe('')
})

test('of a long log the end is kept, from the start of a line, and it says so', async () => {
  const lines = Array.from({ length: 1_000 }, (_, i) => `line ${String(i).padStart(4, '0')}\n`)
  const text = await readEnd(Readable.from(lines), 100)
  const [note, ...rest] = text.trimEnd().split('\n')
  expect(rest.at(-1)).toBe('line 0999')
  expect(rest.every((line) => /^line \d{4}$/.test(line))).toBe(true)
  expect(rest.length).toBeGreaterThanOrEqual(9)
  expect(note).toBe(`[The first ${(1_000 - rest.length) * 10} bytes of this log are left out here.]`)
})
