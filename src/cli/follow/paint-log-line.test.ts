import { paint } from '../output/colours.ts'
import { paintLogLine } from './paint-log-line.ts'

test.each([
  ['green', '10:00:00  1 of 3 OK created sql table model main.orders .... [', 'OK in 0.10s', ']'],
  ['green', '10:00:00  2 of 3 OK loaded seed file main.raw ... [', 'INSERT 3 in 0.05s', ']'],
  ['red', '10:00:00  3 of 3 ERROR creating sql view model main.x .... [', 'ERROR in 0.02s', ']'],
  ['red', '10:00:00  3 of 3 FAIL 2 unique_orders_id .... [', 'FAIL 2 in 0.02s', ']'],
  ['yellow', '10:00:00  3 of 3 WARN 1 not_null .... [', 'WARN 1 in 0.02s', ']'],
  ['yellow', '10:00:00  3 of 3 SKIP relation main.y .... [', 'SKIP', ']'],
  ['green', '', '10:00:00  Completed successfully', ''],
  ['red', '', '10:00:00  Completed with 1 error, 0 partial successes, and 0 warnings:', ''],
  ['yellow', '', '10:00:00  Completed with 1 warning:', ''],
] as const)('dbt would paint this %s: %s%s', (colour, before, text, after) => {
  expect(paintLogLine(`${before}${text}${after}`)).toBe(`${before}${paint(colour, text)}${after}`)
})

test.each([
  '10:00:00  1 of 3 START sql table model main.orders .... [RUN]',
  'a list of [things]',
  'ends with ]',
  '',
  '\u001b[36mown colours\u001b[0m [OK in 1s]',
])('this stays as it is: %j', (line) => {
  expect(paintLogLine(line)).toBe(line)
})
