import { clockDuration, humanFuture, humanPast, secondsBetween } from './durations.ts'

test.each([
  [0, '00:00:00'],
  [9, '00:00:09'],
  [110, '00:01:50'],
  [3_599, '00:59:59'],
  [86_436, '24:00:36'],
  [360_000, '100:00:00'],
])('%i seconds are %s, hours not wrapped', (seconds, expected) => {
  expect(clockDuration(seconds)).toBe(expected)
})

const now = new Date('2026-01-15T12:00:00Z')
const at = (offsetSeconds: number) => new Date(now.getTime() + offsetSeconds * 1_000)

test.each([
  [0, '0 minutes ago'],
  [-90, '1 minute, 30 seconds ago'],
  [-15 * 86_400, '2 weeks, 1 day ago'],
  [+5, '0 minutes ago'],
])('%i seconds from now is %s', (offset, expected) => {
  expect(humanPast(at(offset), now)).toBe(expected)
})

test.each([
  [3_600, '1 hour from now'],
  [-5, '0 minutes from now'],
])('a plan for %i seconds from now is %s', (offset, expected) => {
  expect(humanFuture(at(offset), now)).toBe(expected)
})

test('what is not known, or goes backwards, took no time', () => {
  expect(secondsBetween(null, now)).toBe(0)
  expect(secondsBetween(now, null)).toBe(0)
  expect(secondsBetween(now, at(-5))).toBe(0)
  expect(secondsBetween(at(-5.9), now)).toBe(5)
})
