import * as fc from 'fast-check'
import { joinWords, splitCommand } from './split-command.ts'

test.each([
  ['dbt build', ['dbt', 'build']],
  ['  dbt \t build\n--full-refresh ', ['dbt', 'build', '--full-refresh']],
  [`dbt run --vars '{"a": 1, "b": "x y"}'`, ['dbt', 'run', '--vars', '{"a": 1, "b": "x y"}']],
  ['dbt run --vars "{\\"a\\": \'b\'}"', ['dbt', 'run', '--vars', '{"a": \'b\'}']],
  ['dbt run -s "a b"c\'d e\'', ['dbt', 'run', '-s', 'a bcd e']],
  ["dbt run -s ''", ['dbt', 'run', '-s', '']],
  ['dbt run -s a\\ b', ['dbt', 'run', '-s', 'a b']],
  ['dbt run "a\\nb"', ['dbt', 'run', 'a\\nb']],
  ['dbt run \\\n  -s x', ['dbt', 'run', '-s', 'x']],
  [
    'dbt run -s $HOME `id` $(id) *.sql; rm -rf /',
    ['dbt', 'run', '-s', '$HOME', '`id`', '$(id)', '*.sql;', 'rm', '-rf', '/'],
  ],
  ['', []],
])('%j is split into %j', (command, words) => {
  expect(splitCommand(command)).toEqual(words)
})

test.each([
  [`dbt run -s "a`, 'The command `dbt run -s "a` has an open quote (").'],
  ["dbt run 'it", "The command `dbt run 'it` has an open quote (')."],
  ['dbt run \\', 'The command `dbt run \\` ends in a backslash, with nothing to escape.'],
])('%j is refused', (command, message) => {
  expect(() => splitCommand(command)).toThrow(message)
})

test('joined words are split into the same words', () => {
  void fc.assert(fc.property(fc.array(fc.string()), (words) => expect(splitCommand(joinWords(words))).toEqual(words)))
})
