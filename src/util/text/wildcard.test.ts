import fc from 'fast-check'
import { matchesWildcard } from './wildcard.ts'

test.each([
  ['*', '', true],
  ['*', 'orders', true],
  ['ord?rs', 'orders', true],
  ['ord?rs', 'ordrs', false],
  ['stg_*', 'stg_orders', true],
  ['stg_*', 'orders', false],
  ['*_orders', 'stg_orders', true],
  ['*o*d*', 'stg_orders', true],
  ['a.c', 'abc', false],
  ['', '', true],
  ['', 'a', false],
  ['a*', 'ba', false],
])('%j matches %j: %p', (pattern, text, expected) => {
  expect(matchesWildcard(text, pattern)).toBe(expected)
})

test('agrees with the regular expression that says the same', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 })
  fc.assert(
    fc.property(word, text, (pattern, value) => {
      const same = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
      expect(matchesWildcard(value, pattern)).toBe(same.test(value))
    }),
  )
})

test('takes the worst of patterns as it takes the best', () => {
  expect(matchesWildcard('a'.repeat(10_000), `${'*a'.repeat(50)}b`)).toBe(false)
})
