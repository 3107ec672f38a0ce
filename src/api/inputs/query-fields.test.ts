import fc from 'fast-check'
import { includeRelated, queryBoolean, queryInt, queryInts, queryRange, queryText, queryTexts } from './query-fields.ts'

const related = includeRelated(['run_steps', 'job', 'trigger', 'environment', 'debug_logs'])

test.each<[string | string[] | undefined, string[]]>([
  [undefined, []],
  ['', []],
  ['run_steps,job', ['run_steps', 'job']],
  ['["run_steps", "job"]', ['run_steps', 'job']],
  ["['trigger', 'job']", ['job', 'trigger']],
  ['[environment]', ['environment']],
  ['["trigger","job",,"run_steps", "environment"]', ['run_steps', 'job', 'trigger', 'environment']],
  [
    ['run_steps', 'job'],
    ['run_steps', 'job'],
  ],
  [
    ['run_steps,job', 'trigger'],
    ['run_steps', 'job', 'trigger'],
  ],
  ['run_steps/debug_logs', ['run_steps', 'debug_logs']],
  ['unknown,job', ['job']],
])('include_related=%j names %j', (raw, names) => {
  expect([...related.parse(raw)]).toEqual(names)
})

test.each<[string | string[] | undefined, (number | string)[] | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['[]', undefined],
  ['2', [2]],
  ['2,3', [2, 3]],
  ['[1, 2, 3]', [1, 2, 3]],
  ['["1","2"]', [1, 2]],
  [
    ['1', '2'],
    [1, 2],
  ],
])('a list of numbers in %j is %j', (raw, numbers) => {
  expect(queryInts().parse(raw)).toEqual(numbers)
})

test('texts in lists lose their quotes', () => {
  expect(queryTexts().parse('["latest", "1.9"]')).toEqual(['latest', '1.9'])
  expect(queryTexts().parse("['latest']")).toEqual(['latest'])
})

test('the last of a repeated parameter counts, and an empty one is absent', () => {
  expect(queryInt().parse(['1', '2'])).toBe(2)
  expect(queryInt().parse('')).toBeUndefined()
  expect(queryText().parse('  x ')).toBe('x')
})

test.each([
  ['true', true],
  ['True', true],
  ['1', true],
  ['false', false],
  ['False', false],
  ['0', false],
])('%s is %s', (raw, expected) => {
  expect(queryBoolean().parse(raw)).toBe(expected)
})

test.each([
  ['["2024-01-01T00:00:00+00:00", "2024-01-02T00:00:00Z"]', '2024-01-01T00:00:00.000Z', '2024-01-02T00:00:00.000Z'],
  ['2024-01-01T00:00:00,2024-01-02 12:30', '2024-01-01T00:00:00.000Z', '2024-01-02T12:30:00.000Z'],
  [
    '["2024-01-01T00:00:00 00:00","2024-01-02T00:00:00.123456 02:00"]',
    '2024-01-01T00:00:00.000Z',
    '2024-01-01T22:00:00.123Z',
  ],
  ['2024-01-01 01:00,2024-01-02', '2024-01-01T01:00:00.000Z', '2024-01-02T00:00:00.000Z'],
  ['2024-01-01T00:00:00-0530,2024-01-02T00:00:00Z', '2024-01-01T05:30:00.000Z', '2024-01-02T00:00:00.000Z'],
])('the range %s', (raw, from, to) => {
  expect(queryRange().parse(raw)).toEqual({ from: new Date(from), to: new Date(to) })
})

test.each(['2024-01-01', 'a,b', '2024-02-30T99:00,2024-01-01', '2024-01-01,2024-01-02,2024-01-03'])(
  'the range %s is refused',
  (raw) => {
    expect(queryRange().safeParse(raw).success).toBe(false)
  },
)

test.each(['1e3', '0x10', '1.0', ' ', 'NaN', '9007199254740993'])('%j is no whole number', (raw) => {
  const result = queryInt().safeParse(raw)
  expect(result.success && result.data).toBe(raw === ' ' ? undefined : false)
})

/** A list as some client or other writes it. */
const spellings: ReadonlyArray<(items: readonly string[]) => string | string[]> = [
  (items) => items.join(','),
  (items) => ` ${items.join(' , ')} `,
  (items) => `[${items.join(',')}]`,
  (items) => JSON.stringify(items),
  (items) => `[${items.map((item) => `'${item}'`).join(', ')}]`,
  (items) => [...items],
  (items) => [items.join(','), '', '[]'],
]
const spelling = fc.constantFrom(...spellings)

test('a list of numbers is the same in every spelling', () => {
  const numbers = fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(numbers, spelling, (given, spell) => {
      expect(queryInts().parse(spell(given.map(String)))).toEqual(given)
    }),
  )
})

test('what is related is the same in every spelling, with unknown names among it', () => {
  const names = ['run_steps', 'job', 'trigger', 'environment', 'debug_logs', 'freshness_job_id'] as const
  fc.assert(
    fc.property(fc.subarray([...names]), spelling, (given, spell) => {
      const known = given.filter((name) => name !== 'freshness_job_id')
      expect([...related.parse(spell(given))].sort()).toEqual([...known].sort())
    }),
  )
})

test('a range is the same in every spelling and every zone', () => {
  const date = fc.date({ min: new Date('1970-01-01'), max: new Date('9000-01-01'), noInvalidDate: true })
  const zone = fc.integer({ min: -14 * 60, max: 14 * 60 })
  fc.assert(
    fc.property(fc.tuple(date, zone), fc.tuple(date, zone), spelling, ([from, zone1], [to, zone2], spell) => {
      expect(queryRange().parse(spell([inZone(from, zone1), inZone(to, zone2)]))).toEqual({ from, to })
    }),
  )
})

/** `2024-01-01T02:00:00.000+02:00`. */
function inZone(date: Date, minutes: number): string {
  const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1)
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${local}${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`
}

test('whatever text comes is read or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      for (const schema of [queryInt(), queryInts(), queryTexts(), queryBoolean(), queryRange()]) {
        expect(() => schema.safeParse(text)).not.toThrow()
      }
      expect(related.safeParse(text).success).toBe(true)
    }),
  )
})
