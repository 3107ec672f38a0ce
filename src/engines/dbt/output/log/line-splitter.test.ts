import { LineSplitter } from './line-splitter.ts'

function split(chunks: readonly (string | Buffer)[], limits?: { maxLength: number; reach?: number }): string[] {
  const lines: string[] = []
  const splitter = new LineSplitter((line) => lines.push(line), limits)
  for (const chunk of chunks) splitter.push(Buffer.from(chunk))
  splitter.end()
  return lines
}

test('lines are found across chunks, empty ones too, with either ending, and the last without one', () => {
  expect(split(['a\nb', 'c\r\n', '\nd'])).toEqual(['a', 'bc', '', 'd'])
})

test('a character that is cut in two by chunks is whole', () => {
  const bytes = Buffer.from('ä…🙂\n')
  expect(split([...bytes].map((byte) => Buffer.from([byte])))).toEqual(['ä…🙂'])
})

test('of a long line one character more than fits is kept, with its reach, and what comes after is whole again', () => {
  expect(split(['0123', '456789', 'abc', 'def\nnext\n'], { maxLength: 5, reach: 3 })).toEqual(['012345678', 'next'])
})

test('a long line of JSON stays JSON', () => {
  const text = 'x'.repeat(100)
  const line = JSON.stringify({ data: { msg: text }, info: { msg: text, level: 'info' } })
  const lines = split([line.slice(0, 70), line.slice(70), '\n{"next": 1}\n'], { maxLength: 20, reach: 3 })
  const kept = 'x'.repeat(24)
  expect(lines.map((text) => JSON.parse(text))).toEqual([
    { data: { msg: kept }, info: { msg: kept, level: 'info' } },
    { next: 1 },
  ])
})
