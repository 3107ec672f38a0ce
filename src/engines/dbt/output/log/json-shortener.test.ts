import { JsonShortener } from './json-shortener.ts'

function shortened(text: string, maxString: number, size: number): string {
  const shortener = new JsonShortener(maxString)
  for (let from = 0; from < text.length; from += size) shortener.push(text.slice(from, from + size))
  return shortener.text
}

const value = {
  'a "key"': 'short',
  long: `begin \u00e9 "quoted" ${'x'.repeat(100)}`,
  list: [1.5, null, '\\'.repeat(50), 'end'],
}

test.each([1, 2, 5, 1000])('what it keeps is JSON, in pieces of %s characters', (size) => {
  const ascii = JSON.stringify(value).replace('\u00e9', '\\u00e9')
  const { long, list, ...rest } = JSON.parse(shortened(ascii, 30, size))
  expect(rest).toEqual({ 'a "key"': 'short' })
  expect(long).toMatch(/^begin \u00e9 "quoted" x{1,20}$/)
  expect(list).toEqual([1.5, null, '\\'.repeat(15), 'end'])
})

test('no escape is cut in two', () => {
  for (let maxString = 1; maxString < 30; maxString++) {
    expect(() => JSON.parse(shortened('["a\\u00e9\\n\\u00e9\\"bc\\\\d"]', maxString, 3))).not.toThrow()
  }
})

test('of many strings there is a bound, too', () => {
  const text = JSON.stringify(Array.from({ length: 10_000 }, () => 'x'.repeat(10)))
  expect(shortened(text, 100, 1000).length).toBeLessThan(2000)
})
