import { cronHumanized } from './cron-humanized.ts'

test.each([
  ['* * * * *', 'Every minute'],
  ['*/15 * * * *', 'Every 15 minutes'],
  ['0 * * * *', 'Every hour'],
  ['0 */2 * * *', 'Every 2 hours'],
  ['30 * * * *', 'At 30 minutes past the hour, every hour'],
  ['0 6 * * *', 'At 06:00'],
  ['5 0,12,23 * * *', 'At 00:05, 12:05, 23:05'],
  ['0 6 * * 1-5', 'At 06:00, Monday through Friday'],
  ['0 6 * * 0,6', 'At 06:00, only on Sunday, Saturday'],
  ['0 6 * * 7', 'At 06:00, only on Sunday'],
  ['0 */3 * * 1', 'Every 3 hours, only on Monday'],
  ['15 4 1 * *', 'At 04:15, on day 1 of the month'],
  ['0 0 L * FRI,SAT', '0 0 L * FRI,SAT'],
  ['0 0 1 1 *', '0 0 1 1 *'],
  ['1-5 0 * * *', '1-5 0 * * *'],
  ['nonsense', 'nonsense'],
])('%s is %s', (cron, expected) => {
  expect(cronHumanized(cron)).toBe(expected)
})
