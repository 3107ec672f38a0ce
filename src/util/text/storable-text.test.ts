import { isStorable, storableText } from './storable-text.ts'

test.each([
  ['plain, ü and 🚀', 'plain, ü and 🚀'],
  ['a\0b', 'a\uFFFDb'],
  ['cut 🚀'.slice(0, -1), 'cut \uFFFD'],
  ['\udcff\udcfe', '\uFFFD\uFFFD'],
])('%j', (text, expected) => {
  expect(storableText(text)).toBe(expected)
  expect(isStorable(text)).toBe(text === expected)
})
