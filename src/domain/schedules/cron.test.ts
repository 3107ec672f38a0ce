import { cronProblem, isTimezone, nextFireTime } from './cron.ts'

const friday = new Date('2026-11-20T10:00:00Z')

test.each([
  ['0 6 * * *', '2026-11-21T06:00:00.000Z'],
  ['  */5  *  * * * ', '2026-11-20T10:05:00.000Z'],
  ['0 0 L * *', '2026-11-30T00:00:00.000Z'],
  ['0 0 L * FRI,SAT', '2026-11-21T00:00:00.000Z'],
  ['0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
  ['0 0 * * 7', '2026-11-22T00:00:00.000Z'],
])('%s fires next in UTC at %s', (expression, expected) => {
  expect(cronProblem(expression)).toBeUndefined()
  expect(nextFireTime(expression, friday)?.toISOString()).toBe(expected)
})

test.each([
  // Clocks go forward on 28 March 2027 and back on 31 October 2027.
  ['30 6 * * *', '2026-11-20T10:00:00Z', '2026-11-21T05:30:00.000Z'],
  ['30 6 * * *', '2027-03-28T00:00:00Z', '2027-03-28T04:30:00.000Z'],
  ['30 2 * * *', '2027-03-28T00:00:00Z', '2027-03-28T01:00:00.000Z'],
  ['30 2 * * *', '2027-10-30T10:00:00Z', '2027-10-31T00:30:00.000Z'],
  ['30 2 * * *', '2027-10-31T00:30:00Z', '2027-11-01T01:30:00.000Z'],
])('%s in Vienna after %s fires at %s', (expression, after, expected) => {
  expect(nextFireTime(expression, new Date(after), 'Europe/Vienna')?.toISOString()).toBe(expected)
})

test.each([
  ['Europe/Vienna', true],
  ['UTC', true],
  ['Europe/Wien', false],
  ['+01:00', false],
  ['', false],
])('whether %j is a time zone: %s', (name, expected) => {
  expect(isTimezone(name)).toBe(expected)
})

test.each([
  ['0 6 * *', /five fields .* not 4/],
  ['0 6 * * * *', /five fields .* not 6/],
  ['@daily', /five fields/],
  ['2026-01-01T00:00:00', /five fields/],
  ['', /not 0/],
  ['61 * * * *', /minute: 61/],
  ['a b c d e', /illegal characters/],
  ['? * * * *', /without "\?"/],
  ['0 0 31 2 *', /no date ever matches/],
])('%s is refused', (expression, problem) => {
  expect(cronProblem(expression)).toMatch(problem)
})
