import { humanizeSeconds } from './humanize-duration.ts'

test.each([
  [0, '0 minutes'],
  [0.9, '0 minutes'],
  [1, '1 second'],
  [9, '9 seconds'],
  [60, '1 minute'],
  [110, '1 minute, 50 seconds'],
  [3_600, '1 hour'],
  [3_605, '1 hour'],
  [86_400, '1 day'],
  [90_000, '1 day, 1 hour'],
  [15 * 86_400, '2 weeks, 1 day'],
])('%s seconds are %s', (seconds, expected) => {
  expect(humanizeSeconds(seconds)).toBe(expected)
})
