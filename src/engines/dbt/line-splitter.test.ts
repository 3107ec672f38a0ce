import { LineSplitter } from './line-splitter.ts'

function split(chunks: readonly (string | Buffer)[], maxLength?: number): string[] {
  const lines: string[] = []
  const splitter = new LineSplitter((line) => lines.push(line), maxLength)
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

test('of a long line the beginning is kept, and what comes after is whole again', () => {
  expect(split(['word word wo', 'rd word', ' word\nnext\n'], 12)).toEqual(['word word … (line cut)', 'next'])
})

test('a line is cut before a word, which may be a secret', () => {
  expect(split(['say secret\n'], 7)).toEqual(['say … (line cut)'])
})
