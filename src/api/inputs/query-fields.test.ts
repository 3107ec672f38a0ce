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
